"""The JSON-LD graph of a story, as the SEO plugins of WordPress write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crawler.demo.newsroom.stories import Story
from crawler.demo.pages.listings import author_path, category_path
from crawler.demo.publisher import Publisher

_Node = dict[str, Any]
_Link = Callable[[str], str]
"""Makes a path absolute."""

_PAYWALLED = {
    "isAccessibleForFree": False,
    "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"},
}


def graph_of(story: Story, publisher: Publisher, link: _Link, *, is_free: bool = True) -> _Node:
    """Return the ``@graph`` of *story*; *link* makes a path absolute.

    A story behind a paywall says so, as Google requires. A story with an author box has the
    publisher as author, as plugins write it that know no authors.
    """
    people = _people(story, publisher, link)
    return {
        "@context": "https://schema.org",
        "@graph": [
            *_site(story, publisher, link),
            _image(story, link),
            _breadcrumbs(story, publisher, link),
            _page(story, publisher, link),
            *([] if story.author_box else people),
            _article(story, people, link, is_free=is_free),
        ],
    }


def _site(story: Story, publisher: Publisher, link: _Link) -> tuple[_Node, _Node]:
    home = link("/")
    organization = {
        "@type": "Organization",
        "@id": f"{home}#organization",
        "name": publisher.name,
        "url": home,
        "email": publisher.email,
        "logo": {
            "@type": "ImageObject",
            "@id": f"{home}#logo",
            "url": link("/wp-content/uploads/logo.svg"),
        },
    }
    website = {
        "@type": "WebSite",
        "@id": f"{home}#website",
        "url": home,
        "name": publisher.name,
        "publisher": {"@id": f"{home}#organization"},
        "inLanguage": story.html_lang,
    }
    return organization, website


def _image(story: Story, link: _Link) -> _Node:
    return {
        "@type": "ImageObject",
        "@id": link(f"/wp-content/uploads/{story.image.file}"),
        "url": link(f"/wp-content/uploads/{story.image.file}"),
        "width": str(story.image.width),
        "height": str(story.image.height),
        "caption": story.image.alt,
        "inLanguage": story.html_lang,
    }


def _breadcrumbs(story: Story, publisher: Publisher, link: _Link) -> _Node:
    page = link(story.path)
    category = publisher.categories[story.category]
    crumbs = (
        (
            publisher.words[story.language]["home"],
            link(f"{publisher.languages[story.language].prefix}/"),
        ),
        (story.section, link(category_path(publisher, category, story.language))),
        (story.headline, page),
    )
    return {
        "@type": "BreadcrumbList",
        "@id": f"{page}#breadcrumb",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": str(number),
                "item": {"@id": address, "name": name},
            }
            for number, (name, address) in enumerate(crumbs, 1)
        ],
    }


def _page(story: Story, publisher: Publisher, link: _Link) -> _Node:
    page = link(story.path)
    return {
        "@type": "WebPage",
        "@id": f"{page}#webpage",
        "url": page,
        "name": f"{story.headline} - {publisher.name}",
        **_dates(story),
        "isPartOf": {"@id": f"{link('/')}#website"},
        "breadcrumb": {"@id": f"{page}#breadcrumb"},
        "inLanguage": story.html_lang,
    }


def _people(story: Story, publisher: Publisher, link: _Link) -> list[_Node]:
    return [
        {
            "@type": "Organization" if name in story.agencies else "Person",
            "@id": link(author_path(publisher, publisher.authors[slug], story.language)),
            "name": name,
            "url": link(author_path(publisher, publisher.authors[slug], story.language)),
            **(
                {} if name in story.agencies else {"worksFor": {"@id": f"{link('/')}#organization"}}
            ),
        }
        for slug, name in zip(story.author_slugs, story.author, strict=True)
    ]


def _article(story: Story, people: list[_Node], link: _Link, *, is_free: bool) -> _Node:
    page = link(story.path)
    authors = [{"@id": person["@id"], "name": person["name"]} for person in people]
    if story.author_box:
        authors = [{"@id": f"{link('/')}#organization"}]
    return {
        "@type": "NewsArticle",
        "@id": f"{page}#richSnippet",
        "headline": story.headline,
        "name": story.headline,
        "description": story.description,
        "keywords": ",".join(story.keywords),
        "articleSection": story.section,
        **_dates(story),
        "author": authors[0] if len(authors) == 1 else authors,
        "publisher": {"@id": f"{link('/')}#organization"},
        "image": {"@id": link(f"/wp-content/uploads/{story.image.file}")},
        "isPartOf": {"@id": f"{page}#webpage"},
        "mainEntityOfPage": {"@id": f"{page}#webpage"},
        "inLanguage": story.html_lang,
        **({} if is_free else _PAYWALLED),
    }


def _dates(story: Story) -> dict[str, str]:
    return {"datePublished": story.date_published_raw, "dateModified": story.date_modified_raw}
