"""Find the links of an article to addresses that may be its subpages: comments, a form for print.

Only the addresses are looked at. Settling decides by what the pages say
(``archive/settle/subpages.py``).
"""

from __future__ import annotations

from collections.abc import Collection

from archive.extract.dom.document import Page
from archive.session_ids import without_sessions
from archive.subpage_addresses import StoryAddress, subpage_address
from archive.urls import absolute

MOST_SUBPAGES = 30
"""An article with more links of the kind has one for each of its comments."""


def subpage_links(page: Page, others: Collection[str]) -> tuple[str, ...]:
    """Return the links of *page*, an article, whose addresses may be its subpages, or it theirs.

    *others* are known to be something else, such as parts of the article and translations.
    """
    url = without_sessions(page.url)
    if not subpage_address(url):
        return ()
    own = StoryAddress(url)
    found: dict[str, None] = {}
    for href in dict.fromkeys(link.get("href", "") for link in page.tree.iter("a")):
        target = absolute(page.base, href) if href and not href.startswith("#") else None
        if target is None:
            continue
        bare = without_sessions(target)
        if bare not in others and _is_related(own, bare) and subpage_address(bare):
            found.setdefault(bare)
        if len(found) == MOST_SUBPAGES:
            break
    return tuple(found)


def _is_related(own: StoryAddress, target: str) -> bool:
    return own.is_above(target) or own.shares_a_name(target)
