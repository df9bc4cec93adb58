"""Write an article's blocks as Markdown (CommonMark 0.31, tables in GitHub's syntax).

Characters of the text that Markdown would read as markup are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from archive.model.extraction import Block, BlockKind

_MARKUP = re.compile(
    r"[\\`*\[\]]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word it is not emphasis
    r"|~(?=~)|(?<=~)~"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=\#?\w{1,31};)"
)
_BEGINNING = re.compile(r"(?P<before>\s*\d{1,9})(?P<sign>[.)])(?=\s|$)|(?P<first>[-+#>=~])")
_CELLS = re.compile(r"(?:^|\s)\|(?:\s|$)")
_FENCE = re.compile(r"`{3,}")


def markdown_of(blocks: Sequence[Block], headline: str | None = None) -> str:
    """Return *blocks* as Markdown, below *headline* if one is given, without a newline at the end.

    Captions are emphasized. Footnotes are a numbered list below a rule; their marks are not part of
    the text.
    """
    parts = [f"# {_escaped(headline)}"] if headline else []
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        members = list(run)
        match kind:
            case BlockKind.LIST_ITEM:
                parts.append("\n".join(_items(members)))
            case BlockKind.QUOTE:
                parts.append("\n>\n".join(f"> {_escaped(each.text)}" for each in members))
            case BlockKind.TABLE_ROW:
                parts.append("\n".join(_table(members)))
            case BlockKind.FOOTNOTE:
                numbered = enumerate(members, 1)
                parts += ["---", "\n".join(f"{n}. {_escaped(each.text)}" for n, each in numbered)]
            case _:
                parts.extend(map(_single, members))
    return "\n\n".join(parts)


def _single(block: Block) -> str:
    match block.kind:
        case BlockKind.HEADING:
            return f"{'#' * min(max(block.level, 1), 6)} {_heading(block.text)}"
        case BlockKind.CODE:
            longest = max(map(len, _FENCE.findall(block.text)), default=2)
            fence = "`" * (longest + 1)
            return f"{fence}\n{block.text}\n{fence}"
        case BlockKind.CAPTION:
            return f"*{_escaped(block.text)}*"
        case _:
            return _escaped(block.text)


def _items(items: Sequence[Block]) -> Iterator[str]:
    """Yield a line for each item, which is at most one level deeper than the item before."""
    depth = 0
    for item in items:
        depth = min(max(item.level, 1), depth + 1)
        yield f"{'  ' * (depth - 1)}- {_escaped(item.text)}"


def _table(rows: Sequence[Block]) -> Iterator[str]:
    """Yield the lines of a table; its first row is the head, which Markdown requires."""
    cells = [[_cell(each) for each in _CELLS.split(row.text)] for row in rows]
    width = max(map(len, cells))
    for number, row in enumerate(cells):
        yield f"| {' | '.join([*row, *[''] * (width - len(row))])} |"
        if number == 0:
            yield f"|{' --- |' * width}"


def _cell(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text.strip()).replace("|", r"\|")


def _heading(text: str) -> str:
    """Return *text* escaped; "#" at the end of a heading would count as markup."""
    escaped = _escaped(text)
    return re.sub(r"(?:^|(?<=\s))(#+)$", r"\\\1", escaped)


def _escaped(text: str) -> str:
    """Return *text* as one line in which every character is text to Markdown."""
    line = _MARKUP.sub(r"\\\g<0>", text.replace("\n", " "))
    begins = _BEGINNING.match(line)
    if begins is None:
        return line
    at = begins.start("first") if begins["first"] else begins.start("sign")
    return f"{line[:at]}\\{line[at:]}"
