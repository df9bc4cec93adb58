"""Find the authors of an article, and which of them are organizations.

Agencies and outlets are credited beside people, or instead of them. They stay among the authors,
after the people, since the publisher writes "dpa" as its byline. A separate list says which they
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from archive.extract.dom import schema_org
from archive.extract.metadata.bylines import (
    boxed_names,
    byline_names,
    labelled_names,
    marked_names,
    opening_names,
)
from archive.extract.metadata.name_phrases import name_phrases
from archive.extract.metadata.person_names import (
    is_agency,
    is_organization,
    is_role,
    names_in,
    unique,
)
from archive.extract.metadata.sources import Sources, Spoken
from archive.extract.phrases.notation import is_unspaced

_META_TEXT = """
    author article:author dc.creator dcterms.creator parsely-author sailthru.author
    cxenseparse:author byl article:author_name author_name og:article:author article:byline
    citation_author byline
"""
_META = tuple(_META_TEXT.split())
_MAX_NAMES = 50


class Credited(NamedTuple):
    """A name, and whether it is that of an agency, an outlet or another organization."""

    name: str
    is_organization: bool


@dataclass(frozen=True, slots=True)
class Authors:
    """All credited names, people first, and those among them that are organizations."""

    names: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()


def authors(sources: Sources) -> Authors:
    """Return the authors in the best source that names a person or an agency.

    Software names the publisher, a desk or "staff" as author by default, so these count only when
    nobody else is named. If the marked names in the text are those of the source and more, they are
    taken.
    """
    default: list[Credited] = []
    for read in _READERS:
        credited = _credited(read(sources), sources)
        others = [each for each in credited if not sources.is_site(each.name)]
        is_hidden = all(sources.is_site(each.name) for each in default)
        if any(_is_surer(each, is_first=not default, is_hidden=is_hidden) for each in others):
            return _as_authors(_completed(others, sources))
        default = default or others or credited
    return _as_authors(default)


def _is_surer(credit: Credited, *, is_first: bool, is_hidden: bool) -> bool:
    """Return whether *credit* is taken, although a better source may name another.

    A whole name of a person is; an agency, unless a better source names a desk; a single word that
    is no account, if no better source names anyone.
    """
    if credit.is_organization:
        return is_agency(credit.name) and (is_first or (is_hidden and "." not in credit.name))
    is_name = " " in credit.name or is_unspaced(credit.name)
    return is_name or (is_first and not _is_account(credit.name))


def _is_account(name: str) -> bool:
    """Return whether *name* is what somebody types to log in: "annlee83"."""
    return name.isascii() and (name.islower() or any(map(str.isdigit, name)))


def _credited(found: Iterable[Credited], sources: Sources) -> list[Credited]:
    """Return *found*, marked as organizations where the names say so.

    Behind others, a name with the site's own word is its outlet's: "Ann Lee, Daily Kestrel".
    """
    return [
        Credited(
            name,
            by_type
            or is_organization(name)
            or is_role(name)
            or sources.is_site(name)
            or (at > 0 and not sources.hosts.isdisjoint(name.casefold().split())),
        )
        for at, (name, by_type) in enumerate(islice(found, _MAX_NAMES))
    ]


def _completed(credited: list[Credited], sources: Sources) -> list[Credited]:
    """Return *credited*, or the names that the article marks if these are among them."""
    people = {each.name.casefold() for each in credited if not each.is_organization}
    found = (Credited(name, False) for name in marked_names(sources))
    marked = [each for each in _credited(found, sources) if not each.is_organization]
    if people and people < {each.name.casefold() for each in marked}:
        return [*marked, *(each for each in credited if each.is_organization)]
    return credited


def _as_authors(credited: Iterable[Credited]) -> Authors:
    listed = sorted(credited, key=lambda credit: credit.is_organization)
    return Authors(
        unique(credit.name for credit in listed),
        unique(credit.name for credit in listed if credit.is_organization),
    )


def _in_nodes(sources: Sources) -> Iterator[Credited]:
    return _in(sources.nodes, sources)


def _in_others(sources: Sources) -> Iterator[Credited]:
    return _in(sources.others, sources)


def _in(nodes: tuple[Spoken, ...], sources: Sources) -> Iterator[Credited]:
    """Yield the authors of each of *nodes*, up to the first that names anyone but the site."""
    for value in (node.node.get(key) for node in nodes for key in ("author", "creator")):
        found: list[Credited] = []
        for name, by_type in schema_org.people(value, sources.all_nodes):
            names = [name] if by_type else _split(name, sources)
            found.extend(Credited(each, by_type) for each in names)
        yield from found
        if any(not sources.is_site(each.name) for each in found):
            return


def _split(text: str, sources: Sources) -> list[str]:
    """Return the names in *text*, which stays whole if it names only the publisher and agencies."""
    names = names_in(text, sources.language)
    is_site = [sources.is_site(name) for name in names]
    others = (name for name, its in zip(names, is_site, strict=True) if not its)
    if len(names) > 1 and any(is_site) and all(map(is_organization, others)):
        return [" ".join(text.split())]
    return names


def _in_meta(sources: Sources) -> Iterator[Credited]:
    for name in _META:
        values = sources.lines_of_meta(name)
        found = [Credited(each, False) for value in values for each in _split(value, sources)]
        yield from found
        if any(not sources.is_site(each.name) for each in found):
            return
    label = name_phrases(sources.language).label
    for number in (1, 2):  # as WordPress SEO writes for previews: "Written by", a name
        said = sources.page.first_meta(f"twitter:label{number}") or ""
        value = sources.page.first_meta(f"twitter:data{number}") or ""
        if label.fullmatch(said):
            yield from (Credited(each, False) for each in names_in(value, sources.language))


def _in_markup(sources: Sources) -> Iterator[Credited]:
    """Yield the names that are marked as authors, or those of a byline that has them and more."""
    marked = marked_names(sources) or boxed_names(sources)
    known = {name.casefold() for name in marked if not sources.is_site(name)}
    found = byline_names(sources) or labelled_names(sources)
    if known and not known <= {name.casefold() for name in found}:
        found = marked
    return (Credited(name, False) for name in found or marked)


def _in_opening(sources: Sources) -> Iterator[Credited]:
    return (Credited(name, False) for name in opening_names(sources))


_READERS: tuple[Callable[[Sources], Iterator[Credited]], ...] = (
    _in_nodes, _in_meta, _in_markup, _in_others, _in_opening,
)  # fmt: skip
