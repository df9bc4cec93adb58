"""The Vestnik (Bulletin): Russian stories in a content system of 2004, over three editions."""

from __future__ import annotations

from tests.sites.editions import Chronicle, Story
from tests.sites.prose import RUSSIAN

HOST = "vestnik.test"
ORIGIN = f"http://{HOST}"
CHARSET = "windows-1251"
_HEADLINES = (
    "Разводной мост закрыт до мая",
    "На старой мельнице снова мелют муку",
    "Городской архив открыл подвал",
    "Паром отходит раньше обычного",
    "Школьный сад получил премию",
    "На маяк вернулся смотритель",
    "Крыша рынка протекает",
    "Орган в кинотеатре зазвучал снова",
    "Трамвайное депо выставлено на продажу",
    "Плотина выдержала паводок",
    "Ночная смена просит больше света",
    "Пчеловоды подсчитывают потери",
    "Хору не хватает басов",
)
RUBRICS = ("Город", "Культура", "Происшествия")
STORIES = tuple(
    Story(str(101 + number), headline, RUSSIAN.paragraphs(headline, 4 + number % 3))
    for number, headline in enumerate(_HEADLINES)
)
DIVIDED = "106"
"""The story whose second half is a page of its own."""
FIRST_PART = 3
"""How many of its paragraphs stand on the first page."""
NEVER = ("97", "98")
"""Stories that old links still name, and that nobody can find any more."""

CHRONICLE = Chronicle(
    stories=STORIES,
    since={"113": 2},
    edits={
        2: {
            "101": {
                "paragraphs": (
                    *STORIES[0].paragraphs[:-1],
                    *RUSSIAN.paragraphs("мост, позднее", 1),
                )
            },
            "105": {"headline": "Школьный сад получил две премии"},
        },
        3: {"101": {"headline": "Разводной мост закрыт до июня"}},
    },
    absent={2: frozenset({"107"}), 3: frozenset({"109"})},
)
"""The bridge is edited twice, the garden's headline once; the roof returns, the depot does not."""


SAID = (
    ("Гость", "Давно пора было, мы писали об этом ещё прошлой весной, и нам никто не ответил."),
    ("Паромщик", "А кто за это заплатит? В бюджете города такой строки нет и не было."),
    ("Ольга П.", "Спасибо редакции за статью! Мой дед работал там сорок лет и всё помнит."),
    ("Гость", "Ничего не изменится, пока совет заседает за закрытыми дверями."),
)
"""What readers say below each story, and who they are."""
COMMENTS_ON_A_PAGE = 2
COMMENT_PAGES = 2


def comments_path(key: str, part: int) -> str:
    """Return the path of page *part* of the comments on the story *key*."""
    return f"/comments.php?id={key}" + (f"&str={part}" if part > 1 else "")


def subpages_of(key: str) -> set[str]:
    """Return the URLs of what is about the story *key*, or shows its text in another form."""
    comments = {ORIGIN + comments_path(key, part) for part in range(1, COMMENT_PAGES + 1)}
    return {f"{ORIGIN}/tekst.php?id={key}", *comments}


def address_of(key: str) -> str:
    """Return the one address at which the story *key* is to be found in an archive."""
    return f"{ORIGIN}/news.php?id={key}"
