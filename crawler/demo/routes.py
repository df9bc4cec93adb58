"""The addresses of one edition of the demo site, and what is at each of them."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from urllib.parse import parse_qs

from crawler.demo.newsroom.edition import Edition
from crawler.demo.newsroom.events import Gone, StoryEventKind
from crawler.demo.newsroom.stories import StaticPage, Story
from crawler.demo.pages.comments import CommentPage
from crawler.demo.pages.feeds import ATOM, RSS, Feed, feeds
from crawler.demo.pages.listings import Listing, listings
from crawler.demo.pages.render import Renderer
from crawler.demo.pages.sitemaps import INDEX, NEWS, SitemapEntry, sitemaps
from crawler.demo.publisher import DEMO_FOLDER, Publisher
from crawler.demo.reply import Resource

Route = Callable[[str], Resource]
"""Makes the resource of one address for a host."""

_HTML = "text/html; charset=UTF-8"
_XML = "application/xml; charset=UTF-8"
# Folders of files that are served as they are.
_FILES = {
    "/wp-content/uploads/": DEMO_FOLDER / "uploads",
    "/wp-content/themes/metricmag/": DEMO_FOLDER / "static",
    "/wp-content/themes/metricblocks/": DEMO_FOLDER / "static",
}


class Routes:
    """Finds what is at an address in *edition*: a function of host, path and query."""

    def __init__(
        self, publisher: Publisher, edition: Edition, pages: tuple[StaticPage, ...]
    ) -> None:
        self._publisher = publisher
        self.edition = edition
        self._pages = pages
        self._renderer = Renderer(publisher, edition, pages)
        self._lists = tuple(listings(publisher, edition.stories))
        self._routes: dict[str, Route] = dict(
            [
                *self._page_routes(),
                *self._feed_routes(),
                *self._sitemap_routes(),
            ]
        ) | _files(publisher.updated)
        self._amp_routes: dict[str, Route] = {
            story.path: partial(self._story, story, True) for story in edition.stories
        }
        self._moved = {
            **edition.moved,
            **{f"{item.base}page/1/": item.base for item in self._lists if item.number == 1},
        }
        self._short = {story.post_id: story.path for story in edition.stories} | {
            page.post_id: page.path for page in pages
        }

    def resource(self, host: str, path: str, query: str) -> Resource:
        """Return what is at *path* and *query*; all links in it begin with *host*."""
        fields = parse_qs(query, keep_blank_values=True)
        number = fields.get("p", [""])[0]
        if path == "/" and number.isdecimal() and int(number) in self._short:
            return _redirect(301, host, self._short[int(number)])
        if path == "/" and "p" in fields:
            return self._missing(path, host)
        if path in self._routes:
            if fields.get("amp", ["no"])[0] in {"1", ""} and "noamp" not in fields:
                if path in self._amp_routes:
                    return self._amp_routes[path](host)
                # Only stories have a twin; for other pages the plugin redirects to the page itself.
                return _redirect(302, host, path)
            return self._routes[path](host)
        closed = path if path.endswith("/") else f"{path}/"
        more = f"?{query}" if query else ""
        if closed in self._moved:
            return _redirect(301, host, self._moved[closed] + more)
        if closed in self._routes:
            return _redirect(301, host, closed + more)
        return self._missing(closed, host)

    def _page_routes(self) -> Iterator[tuple[str, Route]]:
        for story in self.edition.stories:
            yield story.path, partial(self._story, story, False)
            for number, path in enumerate(story.page_paths[1:], 2):
                yield path, partial(self._later_page, story, number)
            for page in self._renderer.comment_pages(story):
                yield page.path, partial(self._comment_page, page)
            if story.print_path is not None:
                yield story.print_path, partial(self._form_for_print, story)
        for item in self._lists:
            yield item.path, partial(self._listing, item)
        for static in self._pages:
            yield static.path, partial(self._page, static)

    def _story(self, story: Story, is_amp: bool, host: str) -> Resource:
        standing = self.edition.standings.get(story.path)
        page = self._amp_page(story, host) if is_amp else self._story_page(story, host)
        if standing is None:
            return page
        if standing.disturbance is not None:
            return self._disturbed(standing.disturbance, story, page, host)
        if is_amp:
            return page
        if frozen := standing.lies.get(StoryEventKind.ETAG_FROZEN):
            return replace(
                page,
                etag=_tag(f"post-{story.post_id}"),
                modified=frozen.moment,
                ignores_conditions=not frozen.answers_304,
            )
        if StoryEventKind.ETAG_RESTLESS in standing.lies:
            tag = _tag(f"post-{story.post_id}-{self.edition.day}")
            return replace(page, etag=tag, modified=self.edition.moment)
        return page

    def _story_page(self, story: Story, host: str, *, is_stub: bool = False) -> Resource:
        return Resource(
            body=self._renderer.story(story, host, is_stub=is_stub).encode(),
            content_type=_HTML,
            modified=self.edition.since(story.date_modified),
            codings=("br", "gzip"),
            chunked=True,
            headers=(("Link", f"<http://{host}/?p={story.post_id}>; rel=shortlink"),),
        )

    def _later_page(self, story: Story, number: int, host: str) -> Resource:
        return self._plain_page(self._renderer.story(story, host, number=number), story)

    def _comment_page(self, comments: CommentPage, host: str) -> Resource:
        page = self._renderer.story(comments.story, host, comments=comments)
        return self._plain_page(page, comments.story)

    def _form_for_print(self, story: Story, host: str) -> Resource:
        page = self._plain_page(self._renderer.form_for_print(story, host), story)
        standing = self.edition.standings.get(story.path)
        if standing is None or standing.disturbance is None:
            return page
        return self._disturbed(standing.disturbance, story, page, host)

    def _plain_page(self, page: str, story: Story) -> Resource:
        return Resource(
            body=page.encode(),
            content_type=_HTML,
            modified=self.edition.since(story.date_modified),
            codings=("br", "gzip"),
            chunked=True,
        )

    def _amp_page(self, story: Story, host: str) -> Resource:
        return Resource(
            body=self._renderer.amp(story, host).encode(),
            content_type=_HTML,
            modified=self.edition.since(story.date_modified),
            codings=("gzip",),
            chunked=True,
        )

    def _disturbed(self, kind: StoryEventKind, story: Story, page: Resource, host: str) -> Resource:
        """Return what is served in place of *page*, which is *story* or its twin."""
        match kind:
            case StoryEventKind.TRUNCATED:
                return replace(page, modified=None, breaks_off=True)
            case StoryEventKind.EMPTY:
                return Resource(body=b"", content_type=_HTML)
            case StoryEventKind.PAYWALL:
                return replace(self._story_page(story, host, is_stub=True), modified=None)
            case StoryEventKind.CHALLENGE:
                return self._wall("challenge", story, host, 403, ("Cf-Mitigated", "challenge"))
            case _:
                return self._wall("consent", story, host, 200)

    def _wall(
        self, kind: str, story: Story, host: str, status: int, *headers: tuple[str, str]
    ) -> Resource:
        return Resource(
            body=self._renderer.wall(kind, story.path, story.language, host).encode(),
            content_type=_HTML,
            status=status,
            headers=(*headers, ("Cache-Control", "no-store")),
        )

    def _listing(self, listing: Listing, host: str) -> Resource:
        return Resource(
            body=self._renderer.listing(listing, host).encode(),
            content_type=_HTML,
            modified=self.edition.since(listing.modified),
            codings=("br", "gzip"),
        )

    def _page(self, page: StaticPage, host: str) -> Resource:
        return Resource(
            body=self._renderer.page(page, host).encode(),
            content_type=_HTML,
            modified=self.edition.since(page.date_modified),
            codings=("gzip",),
        )

    def _missing(self, path: str, host: str) -> Resource:
        language = self._publisher.language_of(path)
        standing = self.edition.standings.get(path)
        gone = standing.gone if standing else None
        if gone is Gone.REDIRECT_HOME:
            return _redirect(301, host, f"{self._publisher.languages[language].prefix}/")
        is_soft = gone is Gone.SOFT_404
        return Resource(
            body=self._renderer.missing(language, host, is_soft=is_soft).encode(),
            content_type=_HTML,
            status=200 if is_soft else 410 if gone is Gone.GONE else 404,
            codings=("br", "gzip"),
            chunked=True,
        )

    def _feed_routes(self) -> Iterator[tuple[str, Route]]:
        for feed in feeds(self._publisher, self.edition, self._lists):
            yield feed.path, partial(self._feed, feed)

    def _feed(self, feed: Feed, host: str) -> Resource:
        dates = [story.date_modified for story in feed.stories]
        built = self.edition.since(max(dates, default=self._publisher.updated))
        return Resource(
            body=self._renderer.feed(feed, host, built).encode(),
            content_type=ATOM if feed.is_atom else RSS,
            modified=built,
            codings=("gzip",),
        )

    def _sitemap_routes(self) -> Iterator[tuple[str, Route]]:
        """Yield robots.txt, the index of sitemaps, and the sitemaps that it names."""
        index = []
        for path, entries in sitemaps(self._publisher, self.edition, self._lists, self._pages):
            template = "news_sitemap.xml.j2" if path == NEWS else "sitemap.xml.j2"
            yield path, partial(self._sitemap, path, template, entries)
            index.append(SitemapEntry(path, max(entry.lastmod for entry in entries)))
        yield INDEX, partial(self._sitemap, INDEX, "sitemap_index.xml.j2", tuple(index))
        yield "/robots.txt", self._robots

    def _sitemap(
        self, path: str, template: str, entries: tuple[SitemapEntry, ...], host: str
    ) -> Resource:
        body = self._renderer.plain(template, host, entries).encode()
        packed = path.endswith(".gz")
        return Resource(
            body=gzip.compress(body, mtime=0) if packed else body,
            content_type="application/x-gzip" if packed else _XML,
            modified=self.edition.since(max(entry.lastmod for entry in entries)),
            codings=() if packed else ("gzip",),
        )

    def _robots(self, host: str) -> Resource:
        return Resource(
            body=self._renderer.plain("robots.txt.j2", host).encode(),
            content_type="text/plain; charset=UTF-8",
            modified=self._publisher.updated,
        )


@cache
def _files(modified: datetime) -> dict[str, Route]:
    """Return the routes of style and pictures, which never change."""
    return dict(_file_routes(modified))


def _file_routes(modified: datetime) -> Iterator[tuple[str, Route]]:
    for prefix, folder in _FILES.items():
        for file in sorted(folder.rglob("*.*")):
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            resource = Resource(
                body=file.read_bytes(),
                content_type=kind,
                modified=modified,
                codings=() if kind == "image/png" else ("br", "gzip"),
                headers=(("Cache-Control", "max-age=31536000"),),
            )
            yield prefix + file.relative_to(folder).as_posix(), partial(_as_it_is, resource)


def _as_it_is(resource: Resource, _host: str) -> Resource:
    return resource


def _tag(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _redirect(status: int, host: str, location: str) -> Resource:
    headers = (("Location", f"http://{host}{location}"), ("X-Redirect-By", "WordPress"))
    return Resource(body=b"", content_type=_HTML, status=status, headers=headers)
