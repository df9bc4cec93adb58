"""Serve the Vestnik as its content system would: windows-1251, tables, and a visit in each link.

A counter of readers is another at each request, and so is how long ago a comment was made.

python -m tests.sites.vestnik
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from urllib.parse import parse_qs

from tests.sites.editions import Story
from tests.sites.running import serve
from tests.sites.vestnik.content import (
    CHARSET,
    CHRONICLE,
    COMMENT_PAGES,
    COMMENTS_ON_A_PAGE,
    DIVIDED,
    FIRST_PART,
    NEVER,
    RUBRICS,
    SAID,
    comments_path,
)
from tests.support.server import Received, Reply, Server

_visits = itertools.count(1)
_readers = itertools.count(1)
_MONTHS = (
    *("январь", "февраль", "март", "апрель", "май", "июнь"),
    *("июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"),
)
Link = Callable[[str], str]


def main() -> None:
    """Serve one door until stdin ends."""
    serve({"http": (Server({}), _answer)})


def _answer(edition: int, received: Received) -> Reply:
    cookie = received.header("Cookie") or ""
    visit = hashlib.md5(b"%d" % next(_visits), usedforsecurity=False).hexdigest()

    def link(target: str) -> str:
        if "vsid=" in cookie:
            return target
        return f"{target}{'&amp;' if '?' in target else '?'}vsid={visit}"

    asked = {key: values[0] for key, values in parse_qs(received.target.partition("?")[2]).items()}
    page = _page(received.path, asked, CHRONICLE.edition(edition), link)
    if page is None:
        return None
    headers = {"Content-Type": "text/html", "Server": "Apache/1.3.33 (Unix) PHP/4.3.10"}
    if "vsid=" not in cookie:
        headers["Set-Cookie"] = f"vsid={visit}; path=/"
    return 200, headers, page.encode(CHARSET, "xmlcharrefreplace")


def _page(path: str, asked: dict[str, str], stories: dict[str, Story], link: Link) -> str | None:
    story = stories.get(asked.get("id", ""))
    match path:
        case "/" | "/index.php":
            return _list("Вестник: новости города", list(stories.values()), link, front=True)
        case "/rubric.php":
            some = [s for s in stories.values() if int(s.key) % 3 == int(asked.get("r", "0")) % 3]
            return _list(RUBRICS[int(asked.get("r", "0")) % 3], some, link)
        case "/calendar.php":
            return _calendar(int(asked.get("m", "0")), link)
        case "/about.php":
            return _frame("О редакции", "<h1>О редакции</h1><p>Выходим по пятницам.</p>", link)
        case "/news.php" | "/print.php" | "/tekst.php" | "/comments.php" if story is None:
            text = "<h1>Запись не найдена</h1><p>Запрошенная запись не существует.</p>"
            return _frame("Запись не найдена", text, link)
        case "/news.php" if story is not None:
            return _story(story, int(asked.get("p", "1")), link)
        case "/print.php" | "/tekst.php" if story is not None:
            return _plain(story)
        case "/comments.php" if story is not None:
            return _comments(story, int(asked.get("str", "1")), link)
    return None


def _frame(title: str, body: str, link: Link) -> str:
    rubrics = "".join(
        f"<tr><td><a href='{link(f'/rubric.php?r={n}')}'>{name}</a></td></tr>"
        for n, name in enumerate(RUBRICS)
    )
    return f"""<HTML><HEAD><META http-equiv="Content-Type" content="text/html; charset={CHARSET}">
<TITLE>{title}</TITLE></HEAD><BODY bgcolor="#ffffff"><TABLE width="100%" border=0><TR>
<TD width=150 valign=top class=menu><table>{rubrics}
<tr><td><a href='{link("/calendar.php?m=52")}'>Календарь</a></td></tr>
<tr><td><a href='{link("/about.php")}'>О редакции</a></td></tr></table></TD>
<TD valign=top class=content>{body}</TD></TR></TABLE>
<CENTER><font size=1>&copy; 2004 Вестник. Перепечатка только со ссылкой.</font></CENTER>
</BODY></HTML>"""


def _story(story: Story, part: int, link: Link) -> str:
    """Return the page of *story*; a divided one has its second half at ``&p=2``."""
    paragraphs, pages = story.paragraphs, ""
    if story.key == DIVIDED:
        paragraphs = paragraphs[:FIRST_PART] if part == 1 else paragraphs[FIRST_PART:]
        first, second = f"/news.php?id={story.key}", f"/news.php?id={story.key}&amp;p=2"
        numbers = (
            f"<b>1</b> <a href='{link(second)}'>2</a>"
            if part == 1
            else f"<a href='{link(first)}'>1</a> <b>2</b>"
        )
        pages = f"<div class=pages>Страницы: {numbers}</div>"
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return _frame(
        f"{story.headline} - Вестник",
        f"<h1>{story.headline}</h1>{_dated(story)}"
        f"<font size=1>Просмотров: {1200 + next(_readers)}</font>{text}{pages}"
        f"<p><a href='{link(f'/print.php?id={story.key}')}'>Версия для печати</a> "
        f"<a href='{link(f'/tekst.php?id={story.key}')}'>Без картинок</a> "
        f"<a href='{link(f'/comments.php?id={story.key}')}'>Комментарии ({len(SAID)})</a></p>",
        link,
    )


def _plain(story: Story) -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in story.paragraphs)
    return f"""<html><head><title>{story.headline}</title>
<meta http-equiv=Content-Type content='text/html; charset={CHARSET}'></head>
<body onload='print()'><h1>{story.headline}</h1>{_dated(story)}{text}</body></html>"""


def _dated(story: Story) -> str:
    day = int(story.key) - 100
    return f"<font size=1><span class=date>{day:02}.03.2004 09:{day:02}</span></font>"


def _comments(story: Story, part: int, link: Link) -> str:
    """Return page *part* of what readers say about *story*."""
    some = SAID[(part - 1) * COMMENTS_ON_A_PAGE : part * COMMENTS_ON_A_PAGE]
    rows = "".join(
        f"<tr><td><b>{who}</b> {next(_readers) % 50 + 2} минут назад</td><td>{line}</td></tr>"
        for who, line in some
    )
    numbers = " ".join(
        f"<b>{n}</b>" if n == part else f"<a href='{link(comments_path(story.key, n))}'>{n}</a>"
        for n in range(1, COMMENT_PAGES + 1)
    )
    back = f"<a href='{link(f'/news.php?id={story.key}')}'>{story.headline}</a>"
    return _frame(
        f"{story.headline}: комментарии - Вестник",
        f"<h1>Комментарии</h1>{back}<table>{rows}</table>{numbers.replace('&str', '&amp;str')}",
        link,
    )


def _list(title: str, stories: list[Story], link: Link, *, front: bool = False) -> str:
    rows = "".join(
        f"<tr><td><h3><a href='{link(f'/news.php?id={story.key}')}'>{story.headline}</a></h3>"
        f"{story.paragraphs[0][:80]}...</td></tr>"
        for story in stories
    )
    old = "".join(f"<a href='{link(f'/news.php?id={key}')}'>Из архива</a> " for key in NEVER)
    return _frame(title, f"<h1>{title}</h1><table>{rows}</table>{old if front else ''}", link)


def _calendar(month: int, link: Link) -> str:
    year, number = divmod(month, 12)
    title = f"События: {_MONTHS[number]} {2000 + year} года"
    days = "".join(f"<td>{day}</td>" for day in range(1, 29))
    near = (month - 12, month - 1, month + 1, month + 12)
    others = " ".join(f"<a href='{link(f'/calendar.php?m={n}')}'>{n % 12 + 1:02}</a>" for n in near)
    return _frame(
        title, f"<h1>{title}</h1><table><tr>{days}</tr></table>Событий нет.<br>{others}", link
    )


if __name__ == "__main__":
    main()
