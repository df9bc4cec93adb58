"""Render stories, lists and pages as HTML and XML, with the templates.

Nothing is random: the same edition and host always give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from crawler.demo.newsroom.edition import Edition
from crawler.demo.newsroom.editors import Editor, texturize
from crawler.demo.newsroom.stories import StaticPage, Story
from crawler.demo.pages.comments import CommentPage, comment_pages
from crawler.demo.pages.feeds import Feed
from crawler.demo.pages.listings import Listing, author_path, category_path
from crawler.demo.pages.markup import first_paragraph, html_of, pages_of
from crawler.demo.pages.pictures import Image
from crawler.demo.pages.schema_org import graph_of
from crawler.demo.pages.sitemaps import SitemapEntry
from crawler.demo.publisher import DEMO_FOLDER, Author, Publisher

EXCERPT_WORDS = 30
_TAG = re.compile(
    r"""<(?P<name>[a-z][\w-]*)(?P<attributes>(?:\s+[\w:@-]+(?:="[^"]*"|='[^']*')?)+)(?P<end>\s*/?)>"""
)
_ATTRIBUTE = re.compile(r"""\s+[\w:@-]+(?:="[^"]*"|='[^']*')?""")
STYLE = DEMO_FOLDER / "static" / "style.css"


class Renderer:
    """Renders the pages of one edition of the site; every method is a function of its arguments.

    *host* is the value of the Host header, with a port if it has one; all links begin with it.
    """

    def __init__(
        self, publisher: Publisher, edition: Edition, pages: tuple[StaticPage, ...]
    ) -> None:
        self._publisher = publisher
        self._edition = edition
        self._stories = edition.stories
        self._pages = {(page.key, page.language): page for page in pages}
        self._amp_paths = {story.path: story.amp_path for story in edition.stories}

    def story(
        self,
        story: Story,
        host: str,
        *,
        number: int = 1,
        is_stub: bool = False,
        comments: CommentPage | None = None,
    ) -> str:
        """Return page *number* of *story*; a stub has its first paragraph and a paywall.

        With *comments* it is the page of the story that has them below it.
        """
        link = partial(_absolute, host)
        markdown = pages_of(story.markdown)[number - 1]
        if is_stub:
            markdown = first_paragraph(markdown)
        values = self._of_story(story, link, is_stub=is_stub)
        if number > 1:
            page = self._publisher.words[story.language]["page"]
            values["title"] = f"{story.headline} - {page} {number}"
            values["path"] = story.page_paths[number - 1]
        if comments is not None:
            values["path"] = comments.path
        elif pages := self.comment_pages(story):
            comments = pages[-1]
        return self._render(
            "article.html.j2",
            host,
            body=_html(html_of(markdown, _editor(story), link)),
            number=number,
            comments=comments,
            **values,
        )

    def comment_pages(self, story: Story) -> tuple[CommentPage, ...]:
        """Return the pages of comments on *story*; there are none while they are not shown."""
        said = self._publisher.words[story.language]["comments"]
        shown = self._edition.frame.shows_comments
        return comment_pages(story, said, self._edition.day) if shown else ()

    def form_for_print(self, story: Story, host: str) -> str:
        """Return *story* whole on a page without a frame."""
        return self._render(
            "print.html.j2",
            host,
            language=story.language,
            body=_html(html_of(story.markdown, _editor(story), partial(_absolute, host))),
            story=story,
        )

    def amp(self, story: Story, host: str) -> str:
        """Return the AMP twin of *story*; its links lead to the AMP twins of other stories."""
        link = partial(_absolute, host)

        def to_amp(path: str) -> str:
            return link(self._amp_paths.get(path, path))

        return self._render(
            "amp.html.j2",
            host,
            amp=True,
            body=_html(html_of(story.markdown, Editor.AMP, to_amp)),
            style=_html(STYLE.read_text(encoding="utf-8")),
            **self._of_story(story, link),
        )

    def listing(self, listing: Listing, host: str) -> str:
        """Return a page of a list."""
        first = listing.number == 1
        page = f" - {self._publisher.words[listing.language]['page']} {listing.number}"
        return self._render(
            "listing.html.j2",
            host,
            language=listing.language,
            path=listing.path,
            title=listing.heading + ("" if first else page),
            description=listing.about or listing.heading,
            og_type="website" if listing.kind == "home" else "article",
            is_home=listing.kind == "home",
            translations=self._homes() | dict(listing.translations),
            alternates=self._with_default(listing.translations) if first else {},
            listing=listing,
        )

    def page(self, page: StaticPage, host: str) -> str:
        """Return a page that is not a story."""
        translations = {
            language: other.path
            for (key, language), other in self._pages.items()
            if key == page.key
        }
        link = partial(_absolute, host)
        return self._render(
            "page.html.j2",
            host,
            language=page.language,
            path=page.path,
            title=page.title,
            description=page.description,
            og_type="article",
            translations=self._homes() | translations,
            alternates=translations if len(translations) > 1 else {},
            page=page,
            body=_html(html_of(page.markdown, Editor.BLOCKS, link)),
        )

    def missing(self, language: str, host: str, *, is_soft: bool = False) -> str:
        """Return the page for a missing address; with *is_soft* it looks like any page."""
        return self._render(
            "missing.html.j2",
            host,
            language=language,
            body_class="page-template-default page" if is_soft else "error404",
            title=self._publisher.words[language]["missing_title"],
            translations=self._homes(),
            alternates={},
        )

    def wall(self, kind: str, path: str, language: str, host: str) -> str:
        """Return the wall before the page at *path*; *kind* is ``consent`` or ``challenge``."""
        return self._render("wall.html.j2", host, language=language, wall=kind, path=path)

    def plain(self, template: str, host: str, entries: Iterable[SitemapEntry] = ()) -> str:
        """Return robots.txt, a sitemap or the index of sitemaps."""
        link = partial(_absolute, host)
        return (
            _environment()
            .get_template(template)
            .render(link=link, entries=entries, publisher=self._publisher)
        )

    def feed(self, feed: Feed, host: str, built: datetime) -> str:
        """Return *feed* as XML; *built* is when it last changed."""
        link = partial(_absolute, host)
        return (
            _environment()
            .get_template("feed_atom.xml.j2" if feed.is_atom else "feed_rss.xml.j2")
            .render(
                feed=feed,
                built=built,
                language=self._publisher.languages[feed.language],
                words=self._publisher.words[feed.language],
                link=link,
                content=lambda story: html_of(story.markdown, _editor(story), link),
                summary=lambda story: f"<p>{texturize(escape(_excerpt(story)))} [&#8230;]</p>\n",
                cdata=_cdata,
                rfc822=lambda moment: format_datetime(moment.astimezone(UTC)),
                rfc3339=lambda moment: f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            )
        )

    def _of_story(
        self, story: Story, link: Callable[[str], str], *, is_stub: bool = False
    ) -> dict[str, Any]:
        own = [other for other in self._stories if other.language == story.language]
        place = own.index(story)
        translations = {
            other.language: other.path for other in self._stories if other.key == story.key
        }
        return {
            "language": story.language,
            "path": story.path,
            "title": story.headline,
            "description": story.description,
            "og_type": "article",
            "translations": self._homes() | translations,
            "alternates": self._with_default(translations),
            "story": story,
            "category": self._publisher.categories[story.category],
            "graph": graph_of(story, self._publisher, link, is_free=not is_stub),
            "is_stub": is_stub,
            "closing": self._edition.frame.closing.get(story.language, ""),
            "related": self._related(story, own),
            "next": own[place - 1] if place else None,
            "previous": own[place + 1] if place + 1 < len(own) else None,
        }

    def _render(
        self, template: str, host: str, *, language: str, amp: bool = False, **values: Any
    ) -> str:
        own = [story for story in self._stories if story.language == language]
        counts = (
            (category, sum(story.category == category.key for story in own))
            for category in self._publisher.categories.values()
        )
        defaults = {
            "publisher": self._publisher,
            "frame": self._edition.frame,
            "language": self._publisher.languages[language],
            "words": self._publisher.words[language],
            "amp": amp,
            "is_home": False,
            "number": 1,
            "story": None,
            "comments": None,
            "recent": own[:4],
            "category_counts": [(category, count) for category, count in counts if count],
            "about": self._pages["about", language],
            "staff": self._pages["private", self._publisher.default_language.code],
            "link": partial(_absolute, host),
            "upload": partial(_upload, host),
            "story_link": lambda story: _absolute(host, story.amp_path if amp else story.path),
            "category_path": partial(category_path, self._publisher),
            "author_path": partial(author_path, self._publisher),
            "authors": self._authors,
            "date": self._date,
            "excerpt": _excerpt,
            "views": self._views,
            "feed_links": self._feed_links(language, values),
        }
        page = _environment().get_template(template).render(defaults | values)
        return _TAG.sub(_turned, page) if self._edition.frame.reversed_attributes else page

    def _related(self, story: Story, own: list[Story]) -> list[Story]:
        others = [other for other in own if other is not story]
        start = self._edition.frame.related_from % max(1, len(others))
        return [*others[start:], *others[:start]][:3]

    def _views(self, story: Story) -> str:
        """Return in words how often *story* was viewed; the number changes every day."""
        words = self._publisher.words[story.language]
        count = f"{story.post_id * 7 + 31 * self._edition.day:,}"
        return str(words["views"]).format(count=count.replace(",", words["thousands"]))

    def _feed_links(self, language: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return the titles and paths of the feeds that a page names in its head."""
        words, home = self._publisher.words[language], self._homes()[language]
        name = self._publisher.name
        named = [(words["feed"], f"{home}feed/"), (words["comments_feed"], f"{home}comments/feed/")]
        if story := values.get("story"):
            named.append((f"{words['comments_on']} {story.headline}", f"{story.path}feed/"))
        listing = values.get("listing")
        if listing and listing.kind == "category":
            named.append((listing.heading, f"{listing.base}feed/"))
        return [(f"{name} » {title}", path) for title, path in named]

    def _authors(self, story: Story) -> list[Author]:
        return [self._publisher.authors[slug] for slug in story.author_slugs]

    def _date(self, moment: datetime, language: str) -> str:
        words = self._publisher.words[language]
        month_name = words["months"][moment.month - 1] if words["months"] else ""
        return str(words["date"]).format(
            day=moment.day, month=moment.month, year=moment.year, month_name=month_name
        )

    def _homes(self) -> dict[str, str]:
        return {code: f"{item.prefix}/" for code, item in self._publisher.languages.items()}

    def _with_default(self, translations: Mapping[str, str]) -> dict[str, str]:
        """Return *translations* in the site's order, and x-default for the default language."""
        ordered = {
            code: translations[code] for code in self._publisher.languages if code in translations
        }
        default = translations.get(self._publisher.default_language.code)
        return ordered | ({"x-default": default} if default else {})


def _editor(story: Story) -> Editor:
    return Editor.BLOCKS if story.template == "jsonld" else Editor.CLASSIC


def _turned(tag: re.Match[str]) -> str:
    """Return *tag* with its attributes in reverse order."""
    attributes = [found.group(0) for found in _ATTRIBUTE.finditer(tag["attributes"])]
    return f"<{tag['name']}{''.join(reversed(attributes))}{tag['end']}>"


def _cdata(text: str) -> Markup:
    return _html(f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>")


def _absolute(host: str, path: str) -> str:
    return f"http://{host}{path}" if path.startswith("/") else path


def _upload(host: str, image: Image) -> str:
    return _absolute(host, f"/wp-content/uploads/{image.file}")


def _excerpt(story: Story) -> str:
    words = " ".join(block.text for block in story.blocks).split()
    return " ".join(words[:EXCERPT_WORDS])


def _html(text: str) -> Markup:
    """Mark as HTML what was made from our own data, so that it is not escaped again."""
    return Markup(text)  # noqa: S704 - no visitor's text comes here


@pass_context
def _texturize(context: Context, text: str) -> Markup:
    """Escape *text*; typographic marks become references, but not on AMP pages."""
    html = str(escape(text))
    return _html(html if context.get("amp") else texturize(html))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(DEMO_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["texturize"] = _texturize
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return environment
