"""Find the picture of an article, its caption and its credit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.extract.dom import schema_org
from archive.extract.dom.document import class_tokens, element_text
from archive.extract.dom.json_ld import Node
from archive.extract.metadata.sources import Sources
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of
from archive.urls import absolute

_CREDIT = re.compile(
    r"credit|copyright|photographer|fotograf|source\b|image-author|auteur", re.IGNORECASE
)
_CREDIT_IN_TEXT = re.compile(
    rf"(?:©|\((?:c|©)\)|{any_of(phrases().picture_credit)}\s*:)\s*(.{{2,120}})$", re.IGNORECASE
)
_SIZE = re.compile(r"[-_](?:\d{2,5}x\d{2,5}|scaled)(?=\.\w+$)")
_MAX_CAPTION_CHARS = 2_000
_MAX_FIGURES = 30


@dataclass(frozen=True, slots=True)
class Picture:
    """The absolute URL of an image, its caption and its credit; None for what the page lacks."""

    url: str
    caption: str | None = None
    credit: str | None = None


def picture(sources: Sources) -> Picture | None:
    """Return the picture that the page declares as that of its article."""
    for value, _ in sources.values("image", "thumbnailUrl"):
        node = schema_org.resolved(value, sources.all_nodes)
        address = schema_org.image_url(node)
        if address and (url := absolute(sources.page.base, address)):
            said = node[0] if isinstance(node, list) and node else node
            return _described(sources, url, said if isinstance(said, dict) else {})
    named = sources.page.first_meta(
        "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"
    )
    url = absolute(sources.page.base, named) if named else None
    return _described(sources, url, {}) if url else None


def _described(sources: Sources, url: str, node: Node) -> Picture:
    caption = schema_org.text(node.get("caption")) or schema_org.text(node.get("description"))
    credit = next(
        (
            text
            for key in ("creditText", "copyrightHolder", "creator", "author", "copyrightNotice")
            if (text := schema_org.text(schema_org.resolved(node.get(key), sources.all_nodes)))
        ),
        None,
    )
    figure = next(_figures_of(sources, url), None) if not (caption and credit) else None
    if figure is not None:
        shown, credited = _figure_texts(figure)
        caption, credit = caption or shown, credit or credited
    return Picture(url, caption and caption[:_MAX_CAPTION_CHARS], credit and credit[:200])


def _figures_of(sources: Sources, url: str) -> Iterator[HtmlElement]:
    """Yield the figures that show the picture at *url* in any size."""
    wanted = _file(url)
    for number, figure in enumerate(sources.bare.iter("figure")):
        if number >= _MAX_FIGURES or not wanted:
            return
        for image in figure.iter("img", "source"):
            shown = (image.get("src"), image.get("data-src"), image.get("srcset"))
            if any(wanted in _SIZE.sub("", address) for address in shown if address):
                yield figure
                break


def _file(url: str) -> str:
    """Return the name of the file without the part for its size; "" if it is not distinctive."""
    name = _SIZE.sub("", urlsplit(url).path.rpartition("/")[2])
    return name if len(name) > 6 else ""


def _figure_texts(figure: HtmlElement) -> tuple[str | None, str | None]:
    shown = figure.find(".//figcaption")
    if shown is None:
        return None, None
    whole = element_text(shown)
    for element in shown.iter("span", "small", "em", "cite", "div", "p"):
        credited = element_text(element)
        if credited and any(map(_CREDIT.search, class_tokens(element))):
            rest = whole.replace(credited, "", 1).strip(" |–-")
            return rest or None, credited
    if found := _CREDIT_IN_TEXT.search(whole):
        return whole[: found.start()].strip(" (|–-[") or None, found.group(1).strip(" )]")
    return whole or None, None
