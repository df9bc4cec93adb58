"""The demo site as a function: a request in, a reply out; no socket, no clock, no chance.

A site is made of its stories, so another state of it (an edited, a deleted story) is another
`DemoSite`. Links begin with the host that the request names: the same site serves a crawl of
``http://demo.test/`` and a person's browser on loopback.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.demo.listings import Listing, listings
from crawler.demo.publisher import DEMO_HOST, FOLDER, Publisher, read_publisher
from crawler.demo.render import Entry, Renderer
from crawler.demo.reply import Reply, Resource, reply_to
from crawler.demo.stories import Page, Story, read_pages, read_stories

Route = Callable[[str], Resource]
"""Makes the resource of one address for a host."""

_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
_HTML = "text/html; charset=UTF-8"
_XML = "application/xml; charset=UTF-8"
# Which folders hold the files that are served as they are.
_FILES = {
    "/wp-content/uploads/": FOLDER / "uploads",
    "/wp-content/themes/metricmag/": FOLDER / "static",
}


class DemoSite:
    """Answers requests for one state of the demo publisher."""

    def __init__(
        self,
        stories: tuple[Story, ...] | None = None,
        publisher: Publisher | None = None,
        pages: tuple[Page, ...] | None = None,
    ) -> None:
        self._publisher = publisher or read_publisher()
        self._stories = read_stories(publisher=self._publisher) if stories is None else stories
        self._pages = read_pages(publisher=self._publisher) if pages is None else pages
        self._renderer = Renderer(self._publisher, self._stories, self._pages)
        self._lists = tuple(listings(self._publisher, self._stories))
        self._routes: dict[str, Route] = dict(
            [*self._page_routes(), *self._sitemap_routes(), *_file_routes(self._publisher.updated)]
        )
        self._amp_routes: dict[str, Route] = {
            story.path: partial(self._amp, story) for story in self._stories
        }
        self._moved = {f"{item.base}page/1/": item.base for item in self._lists if item.number == 1}
        self._short = {story.post_id: story.path for story in self._stories} | {
            page.post_id: page.path for page in self._pages
        }

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Reply:
        """Return the reply to a request for *target*, in origin form or absolute.

        Anything but GET and HEAD is refused with 405, a Host that is none with 400.
        """
        sent = {name.lower(): value for name, value in headers.items()}
        parts = urlsplit(target) if not target.startswith("//") else urlsplit("http:" + target)
        host = parts.netloc or sent.get("host", DEMO_HOST)
        if not _HOST.fullmatch(host):
            return reply_to(method, sent, _plain(400, "Bad Request"))
        if method not in {"GET", "HEAD"}:
            return reply_to(method, sent, _plain(405, "Method Not Allowed", ("Allow", "GET, HEAD")))
        return reply_to(method, sent, self._resource(host, unquote(parts.path) or "/", parts.query))

    def _resource(self, host: str, path: str, query: str) -> Resource:
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
                # Only stories have a twin; the plugin leads everything else back to the page.
                return _redirect(302, host, path)
            return self._routes[path](host)
        if path in self._moved:
            return _redirect(301, host, self._moved[path])
        if f"{path}/" in self._routes:
            return _redirect(301, host, f"{path}/" + (f"?{query}" if query else ""))
        return self._missing(path, host)

    def _page_routes(self) -> Iterator[tuple[str, Route]]:
        for story in self._stories:
            yield story.path, partial(self._story, story)
        for item in self._lists:
            yield item.path, partial(self._listing, item)
        for page in self._pages:
            yield page.path, partial(self._page, page)

    def _story(self, story: Story, host: str) -> Resource:
        return Resource(
            body=self._renderer.story(story, host).encode(),
            content_type=_HTML,
            modified=story.date_modified,
            codings=("br", "gzip"),
            chunked=True,
            headers=(("Link", f"<http://{host}/?p={story.post_id}>; rel=shortlink"),),
        )

    def _amp(self, story: Story, host: str) -> Resource:
        return Resource(
            body=self._renderer.amp(story, host).encode(),
            content_type=_HTML,
            modified=story.date_modified,
            codings=("gzip",),
            chunked=True,
        )

    def _listing(self, listing: Listing, host: str) -> Resource:
        return Resource(
            body=self._renderer.listing(listing, host).encode(),
            content_type=_HTML,
            modified=listing.modified,
            codings=("br", "gzip"),
        )

    def _page(self, page: Page, host: str) -> Resource:
        return Resource(
            body=self._renderer.page(page, host).encode(),
            content_type=_HTML,
            modified=page.date_modified,
            codings=("gzip",),
        )

    def _missing(self, path: str, host: str) -> Resource:
        language = next(
            (
                code
                for code, item in self._publisher.languages.items()
                if item.prefix and path.startswith(f"{item.prefix}/")
            ),
            self._publisher.default_language.code,
        )
        return Resource(
            body=self._renderer.missing(language, host).encode(),
            content_type=_HTML,
            status=404,
            codings=("br", "gzip"),
            chunked=True,
        )

    def _sitemap_routes(self) -> Iterator[tuple[str, Route]]:
        """Yield robots.txt, the index of sitemaps and all that it names."""
        index = []
        for path, entries in self._sitemaps():
            yield path, partial(self._sitemap, path, "sitemap.xml.j2", tuple(entries))
            index.append(Entry(path, max(entry.lastmod for entry in entries)))
        yield (
            "/sitemap_index.xml",
            partial(self._sitemap, "/sitemap_index.xml", "sitemap_index.xml.j2", tuple(index)),
        )
        yield "/robots.txt", self._robots

    def _sitemaps(self) -> Iterator[tuple[str, list[Entry]]]:
        for code, language in self._publisher.languages.items():
            own = [story for story in self._stories if story.language == code]
            name = f"/post-sitemap-{code}.xml" if language.prefix else "/post-sitemap.xml"
            if own:
                yield (
                    f"{name}.gz" if code == "fr" else name,
                    [Entry(story.path, story.date_modified) for story in own],
                )
        first = [item for item in self._lists if item.number == 1]
        homes = [Entry(item.path, item.modified) for item in first if item.kind == "home"]
        about = [
            Entry(page.path, page.date_modified) for page in self._pages if page.key == "about"
        ]
        yield "/page-sitemap.xml", homes + about
        if categories := [
            Entry(item.path, item.modified) for item in first if item.kind == "category"
        ]:
            yield "/category-sitemap.xml", categories

    def _sitemap(self, path: str, template: str, entries: tuple[Entry, ...], host: str) -> Resource:
        body = self._renderer.plain(template, host, entries).encode()
        packed = path.endswith(".gz")
        return Resource(
            body=gzip.compress(body, mtime=0) if packed else body,
            content_type="application/x-gzip" if packed else _XML,
            modified=max(entry.lastmod for entry in entries),
            codings=() if packed else ("gzip",),
        )

    def _robots(self, host: str) -> Resource:
        return Resource(
            body=self._renderer.plain("robots.txt.j2", host).encode(),
            content_type="text/plain; charset=UTF-8",
            modified=self._publisher.updated,
        )


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


def _redirect(status: int, host: str, location: str) -> Resource:
    headers = (("Location", f"http://{host}{location}"), ("X-Redirect-By", "WordPress"))
    return Resource(body=b"", content_type=_HTML, status=status, headers=headers)


def _plain(status: int, text: str, *headers: tuple[str, str]) -> Resource:
    return Resource(
        body=f"{text}\n".encode(),
        content_type="text/plain; charset=UTF-8",
        status=status,
        headers=headers,
    )
