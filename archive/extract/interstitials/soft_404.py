"""Tell a page that says, with the status of success, that there is nothing at its address.

An article about error pages says "404" as well, so nothing is held to be missing by its words
alone: what the markup, the robots tag, the canonical address and the scripts say must agree, and
a page with a text, a date or an article's metadata is what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.extract.dom import schema_org
from archive.extract.dom.class_names import names_of
from archive.extract.dom.document import Page, element_text
from archive.extract.interstitials.base import Interstitial, is_unlisted
from archive.extract.page_type import Shape
from archive.model import Flag, Outcome
from archive.urls import is_home

_MAX_PROSE = 600
"""Letters of an apology; sites add a paragraph on where to look instead."""
_MAX_WORDING = 90
"""Letters of a title or a heading that can be the apology and nothing else."""
_NUMBER = re.compile(r"(?<![\w.,])4(?:04|10)(?![\w.,]\d)\b")
_PHRASES = """
    not found | cannot be found | can't be found | could not be found | couldn't be found
    couldn't find | could not find | can't find | nothing found | nothing was found
    no longer exists | no longer available | does not exist | doesn't exist | page is gone
    nicht gefunden | nicht mehr verfügbar | nicht verfügbar | nicht vorhanden | existiert nicht
    niet gevonden | bestaat niet | niet meer beschikbaar | ikke funnet | ikke fundet | findes ikke
    finnes ikke | hittades inte | hittas inte | finns inte | ei löydy | ei löytynyt | fannst ekki
    non trouvé | non trouvée | introuvable | n'existe pas | n'existe plus | n'a pas été trouvée
    no encontrada | no encontrado | no se encuentra | no se encontró | no se ha encontrado
    no existe | no disponible | non trovata | non trovato | non esiste | inesistente | no trobada
    não encontrada | não encontrado | não existe | não foi encontrada | nu a fost găsită
    nie znaleziono | nie została znaleziona | nie istnieje | nenalezena | nebyla nalezena
    neexistuje | nenájdená | nije pronađena | ne postoji | ni najdena | не найдена | не найден
    не существует | не знайдено | не знайдена | не існує | не е намерена | није пронађена | nerastas
    nav atrasta | ei leitud | δεν βρέθηκε | δεν υπάρχει | nem található | nem létezik | bulunamadı
    không tìm thấy | không tồn tại | tidak ditemukan | tidak dijumpai | 見つかりません
    存在しません | 找不到 | 未找到 | 不存在 | 찾을 수 없습니다 | ไม่พบ | غير موجودة | لم يتم العثور
    לא נמצא | नहीं मिला
"""
_NOTHING = re.compile(
    "|".join(
        re.escape(p.strip()) for line in _PHRASES.splitlines() for p in line.split("|") if p.strip()
    )
)
_MARKUP = re.compile(
    r"(?:^|[\s_-])(?:error-?_?404|404-?_?(?:error|page|wrapper|content|container)"
    r"|(?:page|http|is|status)-?_?404"
    r"|page-?_?not-?_?found|not-?_?found(?:-?_?page)?|fourohfour|four-?oh-?four)(?=[\s_-]|$)",
    re.IGNORECASE,
)
_FOUND_NOTHING = re.compile(r"no-?_?results|search", re.IGNORECASE)
"""A search or a category without entries bears the same class, and is not missing."""
_SCRIPT = re.compile(
    r'"(?:statusCode|status_code|httpStatus|errorCode)"\s*:\s*"?(?:404|410)\b|"page"\s*:\s*"/(?:404|_error)"'
    r"""|\bpage_?type["']?\s*[:=]\s*["'](?:404|error|not[-_ ]?found|error[-_ ]?404)["']""",
    re.IGNORECASE,
)
_ERROR_PATH = re.compile(r"/(?:404|not-?found)\b")
_STATUS_META = ("prerender-status-code", "status", "http-status", "error")


def soft_404(page: Page, bare: HtmlElement, shape: Shape) -> Interstitial | None:
    """Return why *page* says that there is nothing at its address; None where it holds something.

    *bare* is its tree without the frame, *shape* how the text lies there.
    """
    if shape.prose > _MAX_PROSE or shape.has_date or is_home(page.url) or _is_declared(page):
        return None
    words, marks = tuple(_words(page, bare)), tuple(_marks(page))
    if not words and not marks:
        return None
    # Two wordings are one author's; what no author writes must agree with them.
    signs = (*marks, *_other_signs(page))
    if not signs or len(words) + len(signs) < 3:
        return None
    evidence = (*words, *signs)
    return Interstitial(
        Outcome.MISSING,
        Flag.SOFT_404,
        f"soft 404: {', '.join(evidence)}",
        tuple(f"{sign} (soft 404)" for sign in evidence),
    )


def _words(page: Page, bare: HtmlElement) -> Iterator[str]:
    if _says_nothing(page.title or ""):
        yield "title"
    headings = [element_text(element) for element in islice(bare.iter("h1", "h2"), 3)]
    if any(map(_says_nothing, headings)):
        yield "heading"
    elif _says_nothing(page.first_meta("og:title") or ""):
        yield "og:title"


def _says_nothing(text: str) -> bool:
    """Whether *text* is short, and says "404" or that something was not found."""
    folded = text.replace("’", "'").casefold()
    return len(folded) <= _MAX_WORDING and bool(_NUMBER.search(folded) or _NOTHING.search(folded))


def _marks(page: Page) -> Iterator[str]:
    if any(_MARKUP.search(name) for name in page.body_classes):
        yield "class of the body"
    elif name := next(_marked(page.tree), None):
        yield f"class {name}"


def _other_signs(page: Page) -> Iterator[str]:
    if any(re.match(r"(?:404|410)\b", page.first_meta(name) or "") for name in _STATUS_META):
        yield "status in a meta tag"
    elif any(_SCRIPT.search(script.text or "") for script in page.tree.iter("script")):
        yield "status in a script"
    if is_unlisted(page):
        yield "noindex"
    if page.canonical is None:
        yield "no canonical"
    elif is_home(page.canonical) or _ERROR_PATH.search(urlsplit(page.canonical).path):
        yield "canonical elsewhere"


def _marked(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("section", "main", "div", "article", "h1"):
        names = names_of(element)
        if names and _MARKUP.search(names) and not _FOUND_NOTHING.search(names):
            yield names.split()[0]


def _is_declared(page: Page) -> bool:
    """Whether the page says of itself what only an article or a list of them says."""
    if {"search", "search-results", "archive", "category", "tag"} & set(page.body_classes):
        return True
    if page.first_meta("article:published_time"):
        return True
    node = schema_org.article_node(page.json_ld) or {}
    return bool(schema_org.text(node.get("datePublished")))
