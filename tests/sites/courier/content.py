"""The Courier: fourteen stories of a town on a river, over three editions."""

from __future__ import annotations

from tests.sites.editions import Chronicle, Story
from tests.sites.prose import ENGLISH

HOST = "courier.test"
ORIGIN = f"https://www.{HOST}"
_HEADLINES = {
    "swing-bridge-closed-until-may": "Swing bridge stays closed until May",
    "mill-finds-a-miller": "The old mill finds a miller",
    "archive-opens-its-cellar": "The archive opens its cellar",
    "ferry-timetable-from-monday": "Ferry sails earlier from Monday",
    "school-garden-wins-prize": "School garden wins the county's prize",
    "lighthouse-gets-a-keeper": "Lighthouse gets a keeper again",
    "market-hall-roof-leaks": "The roof of the market hall leaks",
    "cinema-organ-plays-once-more": "Cinema organ plays once more",
    "tram-depot-for-sale": "Tram depot is for sale",
    "weir-holds-the-flood": "The weir holds, and so does the flood",
    "night-shift-asks-for-light": "Night shift asks for more light",
    "beekeepers-count-their-losses": "Beekeepers count their losses",
    "choir-lacks-basses": "The choir lacks basses",
    "reading-room-stays-warm": "Reading room stays warm all winter",
}
STORIES = tuple(
    Story(key, headline, ENGLISH.paragraphs(key, 4 + number % 3))
    for number, (key, headline) in enumerate(_HEADLINES.items())
)
_BRIDGE, _GARDEN = STORIES[0], STORIES[4]
_CORRECTION = "Correction: the engineers were two, not three, as an earlier version said."

CHRONICLE = Chronicle(
    stories=STORIES,
    since={"choir-lacks-basses": 2, "reading-room-stays-warm": 2},
    edits={
        2: {
            _BRIDGE.key: {
                "paragraphs": (
                    *_BRIDGE.paragraphs[:-1],
                    *ENGLISH.paragraphs("the bridge, later", 1),
                )
            },
            _GARDEN.key: {"headline": "School garden wins two prizes"},
        },
        3: {
            _BRIDGE.key: {
                "paragraphs": (
                    *_BRIDGE.paragraphs[:-1],
                    *ENGLISH.paragraphs("the bridge, later", 1),
                    _CORRECTION,
                )
            }
        },
    },
    absent={
        2: frozenset({"market-hall-roof-leaks"}),
        3: frozenset({"tram-depot-for-sale"}),
    },
)
"""The bridge is edited twice, the garden's headline once; the hall returns, the depot does not."""


LETTERS = (
    ("A ferryman", "We said so last year, and the year before, and nobody cared to write it down."),
    ("Mrs Holt, Ropewalk", "My grandmother would have told you the same for a cup of coffee."),
    ("A. Reader", "Who is going to pay for it? The council has not said a word about that."),
    ("The bakers", "There is bread for everybody who comes and lends a hand on Saturday."),
)
"""What readers write on each story, and who they are."""
LETTERS_ON_A_PAGE = 2


def paper_path(key: str) -> str:
    """Return the path of the form for print of the story *key*."""
    return f"/paper/{key}.html"


def letters_paths(key: str) -> tuple[str, ...]:
    """Return the paths of the pages of letters on the story *key*."""
    pages = range(1, len(LETTERS) // LETTERS_ON_A_PAGE + 1)
    return tuple(f"/news/{key}/letters-{page}.html" for page in pages)


def subpages_of(key: str) -> set[str]:
    """Return the URLs of what is about the story *key*, or shows its text in another form."""
    return {f"{ORIGIN}{path}" for path in (paper_path(key), *letters_paths(key))}


def address_of(key: str) -> str:
    """Return the canonical URL of the story *key*."""
    return f"{ORIGIN}/news/{key}.html"
