"""Which articles are translations of each other: a pure function of what their pages name.

A page names its translations (``link rel=alternate hreflang``). One such link proves little: a
plugin that finds no translation names the front page, and a copied template names another story.
So two articles are translations when each names the other, in another language than its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping


def reciprocal(claims: Iterable[tuple[int, str, int]]) -> set[tuple[int, int]]:
    """Return the pairs of articles that name each other under two languages, smaller id first.

    A claim (source, language, target) says that article *source* names *target* as the same in
    *language*.
    """
    named: dict[tuple[int, int], set[str]] = defaultdict(set)
    for source, language, target in claims:
        named[source, target].add(language)
    return {
        (one, other)
        for one, other in named
        if one < other and _differ(named[one, other], named.get((other, one), set()))
    }


def _differ(languages: set[str], others: set[str]) -> bool:
    return any(one != other for one in languages for other in others)


def group_names(pairs: Iterable[tuple[int, int]], names: Mapping[int, str]) -> dict[int, str]:
    """Return the name of the group of each article in *pairs*: the first of its members' *names*.

    Two articles that both name a third are in one group with it, as where two translations of one
    original do not know each other.
    """
    members: dict[int, set[int]] = {}
    for one, other in pairs:
        joined = members.get(one, {one}) | members.get(other, {other})
        for article in joined:
            members[article] = joined
    return {article: min(names[other] for other in group) for article, group in members.items()}
