import pytest

from archive.extract.metadata.person_names import names_in, unique


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann Lee", ["Ann Lee"]),
        ("By Ann Lee", ["Ann Lee"]),
        ("Par : Anne Leroux", ["Anne Leroux"]),
        ("Ann Lee and Bo Ray", ["Ann Lee", "Bo Ray"]),
        ("Anne Leroux, Bruno Roy et Chloé Petit", ["Anne Leroux", "Bruno Roy", "Chloé Petit"]),
        ("Ann Lee, Bo Ray, and Cy Orr, CNN", ["Ann Lee", "Bo Ray", "Cy Orr", "CNN"]),
        ("Ann\u00a0Lee", ["Ann Lee"]),
        ("Ann Lee, Riverton", ["Ann Lee, Riverton"]),
        ("Phạm Ngọc Anh | Lê Minh Đức", ["Phạm Ngọc Anh", "Lê Minh Đức"]),
        ("Ann Lee; Bo Ray", ["Ann Lee", "Bo Ray"]),
        ("Ann Lee (ale)", ["Ann Lee"]),
        ("Ann Lee, Staff Writer", ["Ann Lee"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Lee, Ann", ["Lee, Ann"]),
        ("Byron Ray", ["Byron Ray"]),
        ("Reuters", ["Reuters"]),
    ],
)
def test_a_byline_is_taken_apart_into_names(text, names):
    assert names_in(text) == names


@pytest.mark.parametrize(
    "text", ["", " ", "https://news.test/ann", "@annlee", "admin", "105092", "a@b.test", "|", "By "]
)
def test_what_is_no_name_gives_none(text):
    assert names_in(text) == []


def test_a_name_counts_once_whatever_its_case():
    assert unique(["Ann Lee", "ANN LEE", "Bo Ray"]) == ("Ann Lee", "Bo Ray")
