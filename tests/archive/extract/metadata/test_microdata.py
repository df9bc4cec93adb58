from datetime import UTC, datetime

from lxml import html

from archive.extract.metadata.microdata import microdata_nodes
from tests.support.heads import TITLE
from tests.support.pages import paragraphs, read

ARTICLE = f"""<html lang="en"><body><div itemscope itemtype="https://schema.org/NewsArticle">
<h1 itemprop="headline">{TITLE}</h1>
<span itemprop="author" itemscope itemtype="https://schema.org/Person">
By <a itemprop="name" href="/ann">Ann Lee</a></span>
<time itemprop="datePublished" datetime="2026-02-03T08:00:00+01:00">3 Feb</time>
<meta itemprop="dateModified" content="2026-02-04T08:00:00Z"><link itemprop="license" href="/by">
<div itemprop="articleBody">{paragraphs()}</div></div></body></html>"""


def nodes(markup):
    return microdata_nodes(html.fromstring(markup))


def test_an_article_in_microdata_is_read_like_one_in_json_ld():
    found = read(ARTICLE).article

    assert (found.headline, found.author) == (TITLE, ("Ann Lee",))
    assert found.date_published == datetime(2026, 2, 3, 7, tzinfo=UTC)
    assert found.date_source == "microdata"
    assert found.date_modified == datetime(2026, 2, 4, 8, tzinfo=UTC)
    assert found.license == "https://news.test/by"


def test_a_property_belongs_to_the_nearest_item_and_several_values_are_a_list():
    found = nodes("""<div itemscope itemtype="http://schema.org/Article">
    <i itemprop="keywords">a</i><i itemprop="keywords">b</i><i itemprop="keywords">c</i>
    <div itemprop="publisher" itemscope itemtype="http://schema.org/Organization">
    <i itemprop="name">The News</i></div></div>""")

    assert found[0]["keywords"] == ["a", "b", "c"]
    assert found[0]["publisher"]["name"] == "The News"
    assert "name" not in found[0]


def test_items_without_a_type_and_properties_without_an_item_say_nothing():
    assert nodes('<p><b itemscope><i itemprop="name">A</i></b><i itemprop="name">B</i></p>') == ()
