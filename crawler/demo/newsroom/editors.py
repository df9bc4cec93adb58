"""Write HTML as the editors of WordPress and its AMP plugin do."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from markdown_it import MarkdownIt
from markdown_it.token import Token

from crawler.demo.pages.pictures import Image

# WordPress' wptexturize prints typographic marks as numeric references.
_TEXTURIZED = str.maketrans(
    {mark: f"&#{ord(mark)};" for mark in "‘’“”–—…"} | {"\u00a0": "&nbsp;", "\u202f": "&#8239;"}
)


class Editor(StrEnum):
    """Which HTML to write."""

    BLOCKS = "blocks"
    CLASSIC = "classic"
    AMP = "amp"


def texturize(html: str) -> str:
    """Return *html* with typographic marks as references, as WordPress prints them."""
    return html.translate(_TEXTURIZED)


def add_rules(markdown: MarkdownIt) -> None:
    """Make *markdown* write HTML as the ``editor`` of its environment does.

    The environment also has ``link``, which makes an address absolute.
    """
    for name, rule in {
        "gallery": _gallery,
        "fence": _code,
        "table_open": _table_open,
        "table_close": _table_close,
        "blockquote_open": _quote_open,
        "blockquote_close": _quote_close,
        "reference": _reference,
        "footnotes_open": _footnotes_open,
        "footnote_open": _footnote_open,
        "footnote_close": _footnote_close,
    }.items():
        markdown.add_render_rule(name, rule)


def _gallery(
    _renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]
) -> str:
    images: list[Image] = tokens[index].meta["images"]
    if len(images) == 1:
        return _figure(images[0], env)
    if env["editor"] is Editor.CLASSIC:
        items = "".join(_gallery_item(image, env) for image in images)
        return f"<div id='gallery-1' class='gallery gallery-columns-3'>{items}</div>\n"
    return (
        '<figure class="wp-block-gallery has-nested-images columns-default is-cropped">'
        f"{''.join(_figure(image, env) for image in images)}</figure>\n"
    )


def _figure(image: Image, env: dict[str, Any]) -> str:
    caption, plain = escape(image.caption), _img(image, env)
    if env["editor"] is Editor.CLASSIC:
        return (
            f'<figure style="width: {image.width}px" class="wp-caption aligncenter">{plain}'
            f'<figcaption class="wp-caption-text">{caption}</figcaption></figure>\n'
        )
    picture = plain
    if env["editor"] is Editor.AMP:
        source, alt = _source(image, env), escape(image.alt)
        picture = (
            f'<amp-img {_size(image)} src="{source}" alt="{alt}" layout="intrinsic" data-hero>'
            f'<img class="i-amphtml-fill-content" src="{source}" alt="{alt}">'
            f"<noscript>{plain}</noscript></amp-img>"
        )
    label = f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""
    return f'<figure class="wp-block-image size-large">{picture}{label}</figure>\n'


def _gallery_item(image: Image, env: dict[str, Any]) -> str:
    return (
        f"<figure class='gallery-item'><div class='gallery-icon landscape'>{_img(image, env)}</div>"
        "<figcaption class='wp-caption-text gallery-caption'>"
        f"{escape(image.caption)}</figcaption></figure>"
    )


def _img(image: Image, env: dict[str, Any]) -> str:
    source, alt = _source(image, env), escape(image.alt)
    return f'<img decoding="async" {_size(image)} src="{source}" alt="{alt}" />'


def _source(image: Image, env: dict[str, Any]) -> str:
    return escape(env["link"](f"/wp-content/uploads/{image.file}"))


def _size(image: Image) -> str:
    return f'width="{image.width}" height="{image.height}"'


def _code(
    _renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]
) -> str:
    opening = "<pre>" if env["editor"] is Editor.CLASSIC else '<pre class="wp-block-code">'
    content = escape(tokens[index].content.rstrip("\n"), quote=False)
    return f"{opening}<code>{content}</code></pre>\n"


def _table_open(
    _renderer: Any, _tokens: Sequence[Token], _index: int, _options: Any, env: dict[str, Any]
) -> str:
    if env["editor"] is Editor.CLASSIC:
        return "<table>\n"
    return '<figure class="wp-block-table"><table class="has-fixed-layout">\n'


def _table_close(
    _renderer: Any, _tokens: Sequence[Token], _index: int, _options: Any, env: dict[str, Any]
) -> str:
    return "</table>\n" if env["editor"] is Editor.CLASSIC else "</table></figure>\n"


def _quote_open(
    _renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]
) -> str:
    is_pull, is_classic = "pull" in tokens[index].meta, env["editor"] is Editor.CLASSIC
    env["pull"] = is_pull and not is_classic
    if env["pull"]:
        return '<figure class="wp-block-pullquote"><blockquote>\n'
    classes = ("pullquote" if is_pull else "") if is_classic else "wp-block-quote"
    return f'<blockquote class="{classes}">\n' if classes else "<blockquote>\n"


def _quote_close(
    _renderer: Any, _tokens: Sequence[Token], _index: int, _options: Any, env: dict[str, Any]
) -> str:
    return "</blockquote></figure>\n" if env.pop("pull", False) else "</blockquote>\n"


def _reference(
    _renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: dict[str, Any]
) -> str:
    number = tokens[index].meta["number"]
    note = _note_id(number)
    return f'<sup data-fn="{note}" class="fn"><a href="#{note}" id="{note}-link">{number}</a></sup>'


def _footnotes_open(
    _renderer: Any, _tokens: Sequence[Token], _index: int, _options: Any, _env: dict[str, Any]
) -> str:
    return '<ol class="wp-block-footnotes">'


def _footnote_open(
    _renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]
) -> str:
    env["number"] = tokens[index].meta["number"]
    return f'<li id="{_note_id(env["number"])}">'


def _footnote_close(
    _renderer: Any, _tokens: Sequence[Token], _index: int, _options: Any, env: dict[str, Any]
) -> str:
    number = env.pop("number")
    label = f"Jump to footnote reference {number}"
    return f' <a href="#{_note_id(number)}-link" aria-label="{label}">↩︎</a></li>'


def _note_id(number: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"demo.test footnote {number}"))
