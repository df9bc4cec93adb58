"""Answer trafilatura's XPath expressions from memory.

Its expressions ask an element's tag and attributes for a hundred words, and lxml calls Python for
each regular expression in them: half of trafilatura's time. The pages of a publisher have the same
names again and again. So the expression itself is asked about an element that stands alone, and
the answer is remembered for all elements with the same tag and the same names.

Pitfall: this holds only for an expression that asks for nothing but the element's own tag and
attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lxml import etree
from lxml.html import HtmlElement

Expression = Callable[[HtmlElement], Sequence[HtmlElement]]

Key = tuple[str, tuple[str | None, ...], tuple[str, ...]]
"""The tag of an element and the values of the attributes that are asked for.

Their names follow as the source has them if there are several, since ``@id|@class`` is the
attribute that stands first.
"""

_KNOWN = 16_384
_LONG_NAMES = 500
"""Letters of names that are remembered; only an attack on the reader's memory has more."""
_OTHER_TAG = "x"


class Remembered:
    """An *expression* of descendants by their own tags and *attributes*, in document order.

    Only elements with one of *tags* can match; without *tags* all are asked. *others* are the tags
    for which the expression has answers of their own, if all are asked.
    """

    def __init__(
        self,
        expression: Expression,
        attributes: Sequence[str],
        tags: Sequence[str] = (),
        others: Sequence[str] = (),
    ) -> None:
        self.tags = tags or ("*",)
        asked, tags_asked = tuple(attributes), frozenset(tags or others)
        fewest = len(asked) - 1
        known: dict[Key, bool] = {}

        def ask(key: Key) -> bool:
            parent = etree.Element("div")
            tag, values, order = key
            said = {
                name: each for name, each in zip(asked, values, strict=True) if each is not None
            }
            etree.SubElement(parent, tag, {name: said[name] for name in order or said})
            answer = bool(expression(parent))
            if sum(map(len, said.values())) <= _LONG_NAMES:
                if len(known) >= _KNOWN:
                    known.clear()
                known[key] = answer
            return answer

        def is_match(element: HtmlElement) -> bool:
            tag = element.tag if element.tag in tags_asked else _OTHER_TAG
            values = tuple(map(element.get, asked))
            several = values.count(None) < fewest
            order = tuple(filter(asked.__contains__, element.keys())) if several else ()
            key = tag, values, order
            answer = known.get(key)
            return ask(key) if answer is None else answer

        self.is_match = is_match

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        """Return all elements that match."""
        return list(filter(self.is_match, tree.iterdescendants(*self.tags)))


class First(Remembered):
    """The same for an expression of which only the first element counts."""

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        """Return the first element that matches, or none."""
        return [*self._first(tree)]

    def _first(self, tree: HtmlElement) -> Iterator[HtmlElement]:
        found = next(filter(self.is_match, tree.iterdescendants(*self.tags)), None)
        if found is not None:
            yield found


class Possible(Remembered):
    """An expression that also asks what is in the element: it is asked only if names match."""

    def __init__(
        self, expression: Expression, attributes: Sequence[str], tags: Sequence[str]
    ) -> None:
        super().__init__(expression, attributes, tags)
        self.expression = expression

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        """Return all elements that match."""
        is_possible = any(map(self.is_match, tree.iterdescendants(*self.tags)))
        return [*self.expression(tree)] if is_possible else []
