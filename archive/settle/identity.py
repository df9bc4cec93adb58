"""Which addresses are one article: connected components of addresses, a pure function of a set.

The captures of an address yield edges to others (redirect, canonical, amphtml). A publisher's
pages also bear edges that mean nothing of the kind: an old article redirected to the front page,
a template whose canonical is always the section. So an edge from or to a hub (the front page, a
listing) is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from archive.model import Component, EdgeKind, Link, Outcome, Role, Sighting
from archive.urls import amp_base, host_of, is_home

READ = frozenset({Outcome.ARTICLE, Outcome.LISTING, Outcome.PAGE})
"""Outcomes that tell what kind of page an address bears; a 404 or a failure does not."""


def hubs(sightings: Iterable[Sighting]) -> set[str]:
    """Return the addresses that bear many articles: front pages and listings, as last read."""
    latest: dict[str, Sighting] = {}
    found = set()
    for sighting in sightings:
        if is_home(sighting.url):
            found.add(sighting.url)
        elif sighting.outcome in READ and _order(sighting) > _order(latest.get(sighting.url)):
            latest[sighting.url] = sighting
    return found | {url for url, sighting in latest.items() if sighting.outcome is Outcome.LISTING}


def believable(link: Link, hub_urls: set[str], hosts: frozenset[str]) -> bool:
    """Return whether *link* may join two addresses; *hosts* are the publisher's."""
    if link.source == link.target or {link.source, link.target} & hub_urls:
        return False
    return not is_home(link.target) and host_of(link.target) in hosts


def components(
    sightings: Iterable[Sighting], links: Iterable[Link], hosts: frozenset[str]
) -> list[Component]:
    """Return the articles that *sightings* and *links* amount to, ordered by canonical URL.

    A component without an article page is no article and is left out.
    """
    seen = sorted(sightings, key=_order)
    hub_urls = hubs(seen)
    believed = sorted({link for link in links if believable(link, hub_urls, hosts)})
    by_url: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in seen:
        by_url[sighting.url].append(sighting)
    found = []
    for group in _groups({*by_url} - hub_urls, believed):
        article_urls = {
            url for url in group if any(s.outcome is Outcome.ARTICLE for s in by_url.get(url, ()))
        }
        if article_urls:
            inside = [link for link in believed if link.source in group]
            found.append(_component(group, article_urls, by_url, inside))
    return sorted(found, key=lambda component: component.canonical_url)


def _order(sighting: Sighting | None) -> tuple[datetime, str] | tuple[()]:
    return () if sighting is None else (sighting.fetched_at, sighting.record_id)


def _groups(urls: set[str], links: list[Link]) -> list[set[str]]:
    parent: dict[str, str] = {url: url for url in urls}

    def root(url: str) -> str:
        parent.setdefault(url, url)
        while parent[url] != url:
            parent[url] = parent[parent[url]]
            url = parent[url]
        return url

    for link in links:
        parent[root(link.source)] = root(link.target)
    groups: dict[str, set[str]] = defaultdict(set)
    for url in parent:
        groups[root(url)].add(url)
    return list(groups.values())


def _component(
    group: set[str],
    article_urls: set[str],
    by_url: dict[str, list[Sighting]],
    links: list[Link],
) -> Component:
    amp_urls = {link.target for link in links if link.kind is EdgeKind.AMPHTML}
    amp_urls |= {
        url for url in group if amp_base(url) or any(s.is_amp for s in by_url.get(url, ()))
    }
    named: dict[str, int] = defaultdict(int)
    for link in links:
        if link.kind is not EdgeKind.AMPHTML:
            named[link.target] += 1
    pages = article_urls - amp_urls
    # Of an article known by its AMP page only, the page that it names is the address to cite.
    eligible = pages or {url for url in named if url not in amp_urls} or article_urls

    def rank(url: str) -> tuple[bool, int, tuple[datetime, str] | tuple[()], int, str]:
        articles = [s for s in by_url.get(url, ()) if s.outcome is Outcome.ARTICLE]
        newest = _order(articles[-1]) if articles else ()
        return (not _moved(by_url.get(url)), named[url], newest, -len(url), url)

    canonical = max(eligible, key=rank)
    roles = {}
    for url in sorted(group):
        if url == canonical:
            roles[url] = Role.CANONICAL
        elif url in amp_urls:
            roles[url] = Role.AMP
        elif _moved(by_url.get(url)):
            roles[url] = Role.REDIRECT
        else:
            roles[url] = Role.ALIAS
    return Component(canonical, roles)


def _moved(sightings: list[Sighting] | None) -> bool:
    return bool(sightings and sightings[-1].outcome is Outcome.REDIRECT)
