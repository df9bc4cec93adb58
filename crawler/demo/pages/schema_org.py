"""The JSON-LD graph of a story, in the shape that WordPress' SEO plugins give it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crawler.demo.newsroom.stories import Story
from crawler.demo.pages.listings import author_path, category_path
from crawler.demo.publisher import Publisher

_PAYWALLED = {
    "isAccessibleForFree": False,
    "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"},
}


def graph_of(
    story: Story, publisher: Publisher, link: Callable[[str], str], *, is_free: bool = True
) -> dict[str, Any]:
    """Return the ``@graph`` of *story*; *link* makes a path absolute.

    A story that is not free to read says so, as Google asks of paywalled content.
    """
    page, home = link(story.path), link("/")
    words = publisher.words[story.language]
    category = publisher.categories[story.category]
    section = link(category_path(publisher, category, story.language))
    logo = {
        "@type": "ImageObject",
        "@id": f"{home}#logo",
        "url": link("/wp-content/uploads/logo.svg"),
    }
    people = [
        {
            "@type": "Organization" if name in story.agencies else "Person",
            "@id": link(author_path(publisher, publisher.authors[slug], story.language)),
            "name": name,
            "url": link(author_path(publisher, publisher.authors[slug], story.language)),
            **({} if name in story.agencies else {"worksFor": {"@id": f"{home}#organization"}}),
        }
        for slug, name in zip(story.author_slugs, story.author, strict=True)
    ]
    authors = [{"@id": person["@id"], "name": person["name"]} for person in people]
    dates = {"datePublished": story.date_published_raw, "dateModified": story.date_modified_raw}
    crumbs = (
        (words["home"], link(f"{publisher.languages[story.language].prefix}/")),
        (story.section, section),
        (story.headline, page),
    )
    return {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "Organization",
                "@id": f"{home}#organization",
                "name": publisher.name,
                "url": home,
                "email": publisher.email,
                "logo": logo,
            },
            {
                "@type": "WebSite",
                "@id": f"{home}#website",
                "url": home,
                "name": publisher.name,
                "publisher": {"@id": f"{home}#organization"},
                "inLanguage": story.html_lang,
            },
            {
                "@type": "ImageObject",
                "@id": link(f"/wp-content/uploads/{story.image.file}"),
                "url": link(f"/wp-content/uploads/{story.image.file}"),
                "width": str(story.image.width),
                "height": str(story.image.height),
                "caption": story.image.alt,
                "inLanguage": story.html_lang,
            },
            {
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
            },
            {
                "@type": "WebPage",
                "@id": f"{page}#webpage",
                "url": page,
                "name": f"{story.headline} - {publisher.name}",
                **dates,
                "isPartOf": {"@id": f"{home}#website"},
                "breadcrumb": {"@id": f"{page}#breadcrumb"},
                "inLanguage": story.html_lang,
            },
            *people,
            {
                "@type": "NewsArticle",
                "@id": f"{page}#richSnippet",
                "headline": story.headline,
                "name": story.headline,
                "description": story.description,
                "keywords": ",".join(story.keywords),
                "articleSection": story.section,
                **dates,
                "author": authors[0] if len(authors) == 1 else authors,
                "publisher": {"@id": f"{home}#organization"},
                "image": {"@id": link(f"/wp-content/uploads/{story.image.file}")},
                "isPartOf": {"@id": f"{page}#webpage"},
                "mainEntityOfPage": {"@id": f"{page}#webpage"},
                "inLanguage": story.html_lang,
                **({} if is_free else _PAYWALLED),
            },
        ],
    }
