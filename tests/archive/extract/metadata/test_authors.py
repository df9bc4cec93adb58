import pytest

from tests.support.heads import article, json_ld, meta


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"@type": "Person", "name": "Ann Lee"}, ("Ann Lee",)),
        (
            [{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bo Ray"}],
            ("Ann Lee", "Bo Ray"),
        ),
        ("Ann Lee and Bo Ray", ("Ann Lee", "Bo Ray")),
        ([{"name": ["Ann Lee", "Bo Ray"]}], ("Ann Lee", "Bo Ray")),
        ({"@id": "#ann"}, ("Ann Lee",)),
        (
            [{"@type": "Organization", "name": "Reuters"}, {"@type": "Person", "name": "Ann Lee"}],
            ("Ann Lee", "Reuters"),
        ),
    ],
)
def test_authors_of_json_ld_are_separate_names(author, names):
    assert (
        article(
            json_ld({"@id": "#ann", "@type": "Person", "name": "Ann Lee"}, author=author)
        ).author
        == names
    )


def test_a_person_in_the_markup_is_preferred_to_the_publisher_as_author():
    head = json_ld(
        author={"@type": "Organization", "name": "The News"},
        publisher={"@type": "Organization", "name": "The News"},
    )
    byline = '<p class="byline">By <a rel="author" href="/ann">Ann Lee</a></p>'

    assert article(head, above=byline).author == ("Ann Lee",)
    assert article(head).author == ("The News",)


def test_a_meta_author_that_is_an_address_is_no_name():
    head = (
        meta(article__author="https://facebook.com/ann") + '<meta name="author" content="Ann Lee">'
    )

    assert article(head).author == ("Ann Lee",)


@pytest.mark.parametrize(
    ("names", "people", "organizations"),
    [
        (["dpa", "Ann Lee"], ("Ann Lee",), ("dpa",)),
        (["Ann Lee", "BR24 Redaktion"], ("Ann Lee",), ("BR24 Redaktion",)),
        (["Reuters"], (), ("Reuters",)),
        (["mbl.is"], (), ("mbl.is",)),
        (["Sid", "Eyal Press"], ("Sid", "Eyal Press"), ()),
    ],
)
def test_agencies_and_desks_stand_behind_people_and_are_known_as_such(names, people, organizations):
    found = article(json_ld(author=[{"@type": "Person", "name": name} for name in names]))

    assert found.author == people + organizations
    assert (found.people, found.author_organization) == (people, organizations)


def test_the_publisher_as_its_own_author_is_no_person():
    found = article(json_ld(author="The News", publisher={"name": "The News"}))

    assert (found.author, found.people) == (("The News",), ())


@pytest.mark.parametrize(
    "byline",
    [
        """<span class="person-link"><a href="/ann">Ann Lee</a>,</span>
        <span class="person-link"><a href="/bo">Bo Ray</a></span>""",
        """<ul><li class="metaAuthorList-item"><a href="/author/ann-lee/">Ann Lee</a></li>
        <li class="metaAuthorList-item"><a href="/author/bo-ray/">Bo Ray</a></li></ul>""",
        """<div class="authors">By <a href="/people/ann-lee">Ann Lee</a> and
        <a href="/people/bo-ray">Bo Ray</a></div>""",
        '<p class="byline">Von Ann Lee und Bo Ray</p>',
    ],
)
def test_all_names_of_a_byline_are_read_from_the_markup(byline):
    assert article(above=f"<div>{byline}</div>").author == ("Ann Lee", "Bo Ray")


def test_what_stands_beside_a_byline_is_no_name():
    byline = """<div class="authors"><span class="authors__brand">capital</span>
    <ul><li class="authors__item"><span>von</span> <span>Ann Lee</span></li></ul>
    <span class="authors__item">3 min</span></div>"""

    assert article(above=byline).author == ("Ann Lee",)


def test_authors_of_comments_and_of_other_stories_are_not_the_articles():
    comments = """<ul><li class="comment"><b class="comment-author">Cy Poe</b></li></ul>"""
    teaser = '<article><span class="author">Di Fox</span><a href="/other">Other story</a></article>'

    assert article(after=comments + teaser).author == ()


def test_a_nodes_author_is_looked_up_though_only_referred_to():
    person = {"@type": "Person", "@id": "#ann", "name": "Ann Lee"}

    assert article(json_ld(person, author=[{"@id": "#ann"}, {"@id": "#none"}])).author == (
        "Ann Lee",
    )
