import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.charset import decode_text, escaped_query
from archive.extract.discovery.links import page_candidates
from archive.extract.dom.document import parse_page

RUSSIAN = "Городской совет утвердил новый маршрут автобуса. Жители просили об этом три года."
TEXTS = {
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "iso8859-5": RUSSIAN,
    "cp866": RUSSIAN,
    "koi8-u": "Міська рада затвердила новий маршрут автобуса. Жителі просили про це три роки.",
    "gb18030": "市议会昨天批准了新的公共汽车路线，居民们为此等待了三年。",
    "big5hkscs": "市議會昨天批准了新的公共汽車路線，居民們為此等待了三年。",
    "cp932": "市議会はきのう、新しいバス路線を承認した。住民は三年前から求めていた。",
    "euc_jp": "市議会はきのう、新しいバス路線を承認した。住民は三年前から求めていた。",
    "iso2022_jp": "市議会はきのう、新しいバス路線を承認した。",
    "cp949": "시의회는 어제 새로운 버스 노선을 승인했다. 주민들은 삼 년 전부터 요구해 왔다.",
    "cp1253": "Το δημοτικό συμβούλιο ενέκρινε χθες τη νέα γραμμή λεωφορείων της πόλης.",
    "iso8859-7": "Το δημοτικό συμβούλιο ενέκρινε χθες τη νέα γραμμή λεωφορείων της πόλης.",
    "iso8859-2": "Rada miasta zatwierdziła wczoraj nową linię autobusową. Mieszkańcy czekali trzy.",
    "windows-1250": "Městská rada včera schválila novou autobusovou linku, obyvatelé čekali léta.",
    "windows-1254": "Belediye meclisi dün yeni otobüs hattını onayladı, halk üç yıl bekledi.",
    "windows-1255": "מועצת העיר אישרה אתמול את קו האוטובוס החדש, והתושבים חיכו לו שלוש שנים.",
    "windows-1256": "وافق مجلس المدينة أمس على خط الحافلات الجديد بعد انتظار دام ثلاث سنوات.",
    "windows-1257": "Miesto taryba vakar patvirtino naują autobusų maršrutą, gyventojai laukė.",
    "windows-1252": "Le conseil a approuvé hier la ligne d’autobus : « très utile », dit-il là.",
    "cp874": "สภาเมืองอนุมัติเส้นทางรถโดยสารสายใหม่เมื่อวานนี้ หลังประชาชนรอมาสามปี",
}
"""A text in its charset, by the codec of Python."""
VIETNAMESE = "Hội đồng thành phố hôm qua đã phê duyệt tuyến xe buýt mới cho người dân."


def page(text, codec, meta=""):
    head = f'<meta charset="{meta}">' if meta else ""
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(codec)


@pytest.mark.parametrize("codec", TEXTS)
@pytest.mark.parametrize(
    ("header", "meta"),
    [("", ""), ("iso-8859-1", ""), ("utf-8", "utf-8"), ("", "windows-1252")],
)
def test_a_text_is_read_in_the_charset_that_it_is_written_in(codec, header, meta):
    found = decode_text(page(TEXTS[codec], codec, meta), f"text/html; charset={header}")

    assert TEXTS[codec] in found.text


@pytest.mark.parametrize("codec", TEXTS)
@pytest.mark.parametrize("in_header", [True, False])
def test_a_charset_that_fits_is_believed_without_a_remark(codec, in_header):
    data = page(TEXTS[codec], codec, "" if in_header else codec)

    found = decode_text(data, f"text/html; charset={codec}" if in_header else "text/html")

    assert TEXTS[codec] in found.text
    assert found.remarks == ()


@pytest.mark.parametrize("codec", [codec for codec in TEXTS if codec != "iso2022_jp"])
@pytest.mark.parametrize("declared", ["", "right"])
def test_a_page_that_breaks_off_within_a_letter_is_read_to_there(codec, declared):
    data = TEXTS[codec].encode(codec)[:-1]

    found = decode_text(data, f"text/html; charset={codec if declared else ''}")

    assert found.text.startswith(TEXTS[codec][:-3])


@pytest.mark.parametrize("codec", ["gb18030", "cp949", "big5hkscs", "windows-1253", "euc_jp"])
def test_a_broken_byte_does_not_change_the_charset(codec):
    text = TEXTS.get(codec, TEXTS["cp1253"])
    data = f"<p>{text}</p>".encode(codec) * 4 + b"<p> \xff </p>"

    assert text in decode_text(data, None).text


def test_vietnamese_of_windows_1258_is_composed():
    tones = "\u0300\u0301\u0303\u0309\u0323"
    spelled = "".join(
        unicodedata.normalize("NFC", "".join(c for c in letters if c not in tones))
        + "".join(c for c in letters if c in tones)
        for letters in (unicodedata.normalize("NFD", letter) for letter in VIETNAMESE)
    )

    found = decode_text(spelled.encode("windows-1258"), None)

    assert found.text == VIETNAMESE


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "windows-1251", "ISO-8859-15"])
@pytest.mark.parametrize("place", ["header", "meta"])
def test_utf_8_is_utf_8_whatever_the_page_or_its_server_says(label, place):
    data = page("Lo dejó claro: «mañana», dijo.", "utf-8", label if place == "meta" else "")

    found = decode_text(data, f"text/html; charset={label}" if place == "header" else None)

    assert "dejó claro" in found.text
    assert found.remarks == (f"charset: not {label.lower()}",)


def test_text_that_was_encoded_twice_is_left_as_it_is():
    assert decode_text("dejÃ³".encode(), "text/html; charset=utf-8").text == "dejÃ³"


def test_a_declaration_that_is_not_believed_is_remarked():
    found = decode_text(page(RUSSIAN, "windows-1251", "utf-8"), "text/html; charset=iso-8859-1")

    assert found.charset == "cp1251"
    assert found.remarks == ("charset: not iso-8859-1", "charset: not utf-8")


@pytest.mark.parametrize(
    ("header", "meta"), [("iso-8859-1", "koi8-r"), ("koi8-r", "windows-1251"), ("big5", "koi8-r")]
)
def test_of_two_declarations_the_one_that_gives_a_text_is_believed(header, meta):
    data = page(RUSSIAN, "koi8-r", meta)

    assert RUSSIAN in decode_text(data, f"text/html; charset={header}").text


@pytest.mark.parametrize("word", ["café", "Größe", "© 2026", "It’s", "señor", "5 €"])
@pytest.mark.parametrize("header", ["", "iso-8859-1", "utf-8"])
def test_a_few_letters_prove_nothing_against_windows_1252(word, header):
    data = page(word, "windows-1252")

    assert f"<p>{word}</p>" in decode_text(data, f"text/html; charset={header}").text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [RUSSIAN, TEXTS["gb18030"], "plain"])
@pytest.mark.parametrize("header", ["", "utf-8", "utf-16", "iso-8859-1"])
def test_letters_of_two_or_four_bytes_are_recognized_without_a_mark(codec, text, header):
    data = page(text, codec)

    assert f"<p>{text}</p>" in decode_text(data, f"text/html; charset={header}").text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-8"])
def test_a_byte_order_mark_wins_over_all(codec):
    data = page("\ufeffđá", codec, "windows-1251")

    found = decode_text(data, "text/html; charset=koi8-r")

    assert "<p>đá</p>" in found.text.replace("\ufeff", "")
    assert found.charset == codec


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ("Thủ đô Hà Nội".encode(), "text/html; charset=utf-8"),
        ("Thủ đô Hà Nội".encode(), "text/html; charset=iso-8859-1"),
        ("Thủ đô Hà Nội".encode(), "text/html; charset=no-such-charset"),
        ("Thủ đô Hà Nội".encode(), "text/html; charset=hex"),
        ("Thủ đô Hà Nội".encode("utf-8-sig"), "text/html; charset=cp1252"),
        ("Thủ đô Hà Nội".encode("utf-16"), None),
        ("Thủ đô Hà Nội".encode("cp1258", "xmlcharrefreplace"), "text/html; charset=ascii"),
    ],
)
def test_text_survives_charsets_that_are_told_or_lied_about(data, content_type):
    text = decode_text(data, content_type).text

    assert text.startswith("Th")
    assert "Ã" not in text
    assert "\ufffd" not in text


def test_bytes_that_contradict_utf_8_are_read_as_windows_1252():
    text = "Où êtes-vous né ? À l’hôtel, très tôt."

    assert decode_text(text.encode("cp1252"), "text/html; charset=utf-8").text == text


def test_one_broken_byte_does_not_spoil_a_page_of_utf_8():
    data = "Où êtes-vous né, très tôt ? ".encode() * 50 + b"\xc3"

    found = decode_text(data, "text/html")

    assert found.charset == "utf-8"
    assert found.text.startswith("Où êtes-vous né, très tôt ?")
    assert found.remarks == ("charset: broken bytes",)


@pytest.mark.parametrize("charset", ["utf-7", "idna", "punycode", "unicode_escape", "utf-16", "x"])
@pytest.mark.parametrize("text", ["A +ADw-b+AD4- \\u0041 c", "La forêt brûlée +AGE-"])
def test_a_charset_that_no_browser_believes_is_passed_over(text, charset):
    found = decode_text(text.encode(), f"text/html; charset={charset}")

    assert (found.text, found.charset) == (text, "utf-8")


@pytest.mark.parametrize("charset", ["shift_jis", "koi8-r", "gbk", "windows-1251"])
def test_what_is_utf_8_without_a_fault_is_read_as_that_whatever_it_says(charset):
    data = f'<meta charset="{charset}">La forêt brûlée a été replantée'.encode()

    assert "forêt brûlée" in decode_text(data, None).text


def test_a_few_broken_bytes_leave_the_accents_of_a_short_page_as_they_are():
    data = "La forêt brûlée a été replantée".encode() + b"\xff and \xed\xa0\x80"

    assert decode_text(data, None).text.startswith("La forêt brûlée a été replantée")


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("x-sjis", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("gb_2312-80", "gb18030"),
        ("win-1251", "windows-1251"),
        ("x-mac-cyrillic", "mac-cyrillic"),
        ("ISO-8859-2.", "iso8859-2"),
        ("x-gbk", "gb18030"),
    ],
)
def test_labels_that_browsers_know_are_known(label, codec):
    text = TEXTS.get(codec, RUSSIAN)

    found = decode_text(page(text, codec), f'text/html; charset="{label}"')

    assert text in found.text
    assert found.remarks == ()


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")))
def test_any_text_survives_utf_8(text):
    found = decode_text(text.encode(), "text/html; charset=iso-8859-1")

    assert found.text == text.removeprefix("\ufeff") or text.isascii()


@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=gbk", "charset=utf-16"]))
def test_any_bytes_give_a_text_and_the_same_one_each_time(data, content_type):
    assert decode_text(data, content_type) == decode_text(data, content_type)


@pytest.mark.parametrize(
    ("charset", "link", "escaped"),
    [
        ("cp1251", "/тег/?q=мир", "/тег/?q=%EC%E8%F0"),
        ("gb18030", "?q=新闻&p=2#新", "?q=%D0%C2%CE%C5&p=2#新"),
        ("cp1252", "/x?q=a€&b=ж", "/x?q=a%80&b=%26%231078%3B"),
        ("utf-8", "/x?q=é", "/x?q=é"),
        ("utf-16-le", "/x?q=é", "/x?q=é"),
        ("cp1251", "/x?q=%D0%BC", "/x?q=%D0%BC"),
        ("cp1251", "/мир", "/мир"),
    ],
)
def test_a_query_is_escaped_in_the_charset_of_its_page(charset, link, escaped):
    assert escaped_query(link, charset) == escaped


def test_links_of_an_old_page_ask_for_what_its_server_knows():
    text = f'<p>{RUSSIAN}</p><a href="/search?q=мир">мир</a><a href="/мир/">мир</a>'

    found = parse_page(page(text, "windows-1251"), "https://kestrel.example/")

    assert [candidate.url for candidate in page_candidates(found, article=True)] == [
        "https://kestrel.example/search?q=%EC%E8%F0",
        "https://kestrel.example/%D0%BC%D0%B8%D1%80/",
    ]
