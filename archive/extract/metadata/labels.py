"""Read the minor fields: section, keywords, description, publisher, licence, free access."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from archive.extract.dom import schema_org
from archive.extract.dom.document import element_text
from archive.extract.metadata.person_names import unique
from archive.extract.metadata.sources import Sources, Spoken
from archive.extract.placeholders import is_placeholder
from archive.urls import absolute

_LICENCE_LINK = etree.XPath("head/link[@rel = 'license' and @href]")
_MAX_ENTRIES = 100
_DESCRIPTIONS = (
    *("og:description", "description", "twitter:description", "dc.description"),
    *("dcterms.description", "sailthru.description"),
)
_TIERS = {"free": True, "metered": False, "locked": False, "premium": False, "paid": False}


def description(sources: Sources) -> str | None:
    """Return the summary of the article: from JSON-LD, else from the meta tags."""
    return sources.text("description") or sources.page.first_meta(*_DESCRIPTIONS)


def section(sources: Sources) -> tuple[str, ...]:
    """Return the sections of the article, as the publisher names them."""
    page = sources.page
    listed = [
        [text for node in sources.nodes for text in _texts(node, "articleSection")],
        list(page.meta.get("article:section", ())),
        [text for text in [page.first_meta("parsely-section", "cxenseparse:category")] if text],
        _category_links(sources),
    ]
    return unique(next((entries for entries in listed if entries), [])[:_MAX_ENTRIES])


def _texts(spoken: Spoken, key: str) -> Iterator[str]:
    return schema_org.texts(spoken.node.get(key))


def _category_links(sources: Sources) -> list[str]:
    return [
        text
        for element in sources.region.iterdescendants("a")
        if "category" in (element.get("rel") or "").lower().split()
        and (text := element_text(element))
        and not is_placeholder(text)
    ]


def keywords(sources: Sources) -> tuple[str, ...]:
    """Return the single keywords: from JSON-LD, else from the first kind of tag that has any."""
    page = sources.page
    listed = [
        *([*_texts(node, "keywords")] for node in sources.nodes),
        *(
            list(page.meta.get(name, ()))
            for name in ("article:tag", "news_keywords", "parsely-tags", "sailthru.tags")
        ),
        list(page.meta.get("keywords", ())),
    ]
    for entries in listed:
        # A single entry is a comma-separated list; several entries may contain commas.
        words = re.split(r"[,;、，]", entries[0]) if len(entries) == 1 else entries
        named = (word.strip() for word in words)
        if found := unique(word for word in named if word and not is_placeholder(word)):
            return found[:_MAX_ENTRIES]
    return ()


def publisher_name(sources: Sources) -> str | None:
    """Return the publisher of the article: that of its node, else the site's name."""
    for node in sources.nodes:
        known = schema_org.resolved(node.node.get("publisher"), sources.all_nodes)
        if name := next(iter(schema_org.texts(known)), None):
            return name
    named = sources.page.first_meta("og:site_name", "dc.publisher", "publisher", "application-name")
    return named or next(iter(schema_org.publisher_names(sources.all_nodes)), None)


def _licence_anchors(sources: Sources) -> Iterator[HtmlElement]:
    for element in sources.region.iterdescendants("a"):
        if element.get("rel") == "license" and element.get("href") is not None:
            yield element


def licence(sources: Sources) -> str | None:
    """Return the licence of the text: a URL if there is one, else the words on the page.

    A ``rel=license`` in the page's frame is about the site, so only the head and the article are
    read.
    """
    for value, _ in sources.values("license"):
        node = schema_org.resolved(value, sources.all_nodes)
        found = (node.get("url") or node.get("@id")) if isinstance(node, dict) else node
        if said := schema_org.text(found) or schema_org.text(node):
            return absolute(sources.page.base, said) or said if "/" in said else said
    for element in (*_LICENCE_LINK(sources.page.tree), *_licence_anchors(sources)):
        return absolute(sources.page.base, element.get("href"))
    return sources.page.first_meta("dcterms.license", "dc.rights.license", "copyright-license")


def is_free(sources: Sources) -> bool | None:
    """Return whether access to the article is free; None when the page does not say."""
    for value, _ in sources.values("isAccessibleForFree"):
        if (said := schema_org.boolean(value)) is not None:
            return said
    return _TIERS.get((sources.page.first_meta("article:content_tier") or "").lower())
