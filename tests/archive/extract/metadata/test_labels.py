from tests.support.heads import article, json_ld, meta


def test_section_keywords_description_and_image_are_read():
    head = json_ld(
        articleSection=["Town"], keywords="bridge, river", description="A <b>bridge</b> &amp; more",
        image={"@type": "ImageObject", "url": "/bridge.jpg"}, isAccessibleForFree="False",
    )  # fmt: skip

    found = article(head)

    assert found.article_section == ("Town",)
    assert found.keywords == ("bridge", "river")
    assert found.description == "A bridge & more"
    assert found.image == "https://news.test/bridge.jpg"
    assert found.is_accessible_for_free is False


def test_meta_tags_fill_in_for_json_ld():
    head = meta(
        article__section="Town", og__description="About it", og__image="https://news.test/i.jpg"
    )
    for tag in ("bridge", "one, two"):
        head += f'<meta property="article:tag" content="{tag}">'

    found = article(head)

    assert found.article_section == ("Town",)
    assert found.keywords == ("bridge", "one, two")
    assert (found.description, found.image) == ("About it", "https://news.test/i.jpg")
    assert found.is_accessible_for_free is None


def test_the_publisher_is_the_nodes_else_the_sites_name():
    organization = {"@type": "NewsMediaOrganization", "@id": "#us", "name": "The News Ltd"}
    site = meta(og__site_name="The News")

    assert (
        article(json_ld(organization, publisher={"@id": "#us"}) + site).publisher == "The News Ltd"
    )
    assert article(site).publisher == "The News"
    assert article().publisher is None


def test_the_licence_is_an_address_where_there_is_one():
    by = "https://creativecommons.org/licenses/by/4.0/"

    assert article(json_ld(license=by)).license == by
    assert article(json_ld(license={"@type": "CreativeWork", "url": by})).license == by
    assert article(f'<link rel="license" href="{by}">').license == by
    assert article(below=f'<p><a rel="license" href="{by}">CC BY</a></p>').license == by
    assert article(after=f'<footer><a rel="license" href="{by}">CC BY</a></footer>').license is None


def test_free_access_is_said_by_any_node_or_by_the_tier():
    assert article(json_ld(isAccessibleForFree="http://schema.org/True")).is_accessible_for_free
    assert article(meta(article__content_tier="locked")).is_accessible_for_free is False
    assert article(json_ld(isAccessibleForFree="perhaps")).is_accessible_for_free is None
