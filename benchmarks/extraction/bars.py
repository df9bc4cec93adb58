"""The bars: a sentence, a figure, and whether it is reached.

If possible, a bar is a difference to trafilatura's default in the same run, so another version of a
library does not change the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.extraction.extractors import DEFAULT, OURS
from benchmarks.extraction.metric import Score

_F1_ABOVE = {"scrapinghub": (0.005, 0.012), "fundus": (0.004, 0.010), "wcxb": (0.001, 0.004)}
"""By how much F1 must be above trafilatura's default, and the aim."""
_RECALL_BELOW = 0.002
_EXACT = {"scrapinghub": (0.46, 0.55)}
_WORDPRESS_F1 = 0.985
_FIELDS = {
    "fundus": {"headline": 0.80, "published": 0.96, "authors": 0.86, "language": 0.99},
    "wordpress": {"headline": 1.0, "published": 1.0, "authors": 1.0, "language": 1.0},
}
_ANY_HEADLINE = 0.97
_CPU_SHARE = 0.55
_LEAST_HOLDS = {"scrapinghub": (0.5, 0.6), "fundus": (0.5, 0.6)}
"""The share of all text lost or wrongly added in the least confident tenth of the pages."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: *value* must be at least *bar* (with *most*: at most). *aim* is the goal."""

    name: str
    value: float
    bar: float
    aim: float | None = None
    most: bool = False

    @property
    def reached(self) -> bool:
        """Whether the bar is reached."""
        return self._reaches(self.bar)

    @property
    def aim_reached(self) -> bool | None:
        """Whether the aim is reached; None if there is none."""
        return None if self.aim is None else self._reaches(self.aim)

    def as_dict(self) -> dict[str, Any]:
        """Return the bar for JSON."""
        return {
            **asdict(self),
            "value": round(self.value, 4),
            "reached": self.reached,
            "aim_reached": self.aim_reached,
        }

    def line(self) -> str:
        """Return the bar as a line for a reader."""
        sign = "<=" if self.most else ">="
        words = f"{'reached' if self.reached else 'NOT reached'}"
        if self.aim is not None:
            words += f"; aim {self.aim:+.3f} {'reached' if self.aim_reached else 'not reached'}"
        return f"{self.name}: {self.value:+.4f} {sign} {self.bar:+.3f} {words}"

    def _reaches(self, target: float) -> bool:
        if self.most:
            return self.value <= target + _ROUNDING
        return self.value >= target - _ROUNDING


def text_bars(name: str, scores: Mapping[str, Score]) -> Iterator[Bar]:
    """Yield the bars of the set *name* for its text, given the *scores* by extractor."""
    ours, theirs = scores[OURS], scores[DEFAULT]
    if name in _F1_ABOVE:
        bar, aim = _F1_ABOVE[name]
        yield Bar(f"{name} F1 above trafilatura's", ours.f1 - theirs.f1, bar, aim)
        yield Bar(f"{name} recall above trafilatura's", ours.recall - theirs.recall, -_RECALL_BELOW)
    else:
        yield Bar(f"{name} F1", ours.f1, _WORDPRESS_F1)
    if name in _EXACT:
        bar, aim = _EXACT[name]
        yield Bar(f"{name} exact", ours.exact, bar, aim)


def field_bars(name: str, rates: Mapping[str, float]) -> Iterator[Bar]:
    """Yield the bars of the set *name* for its metadata, given our *rates* by field."""
    for field, bar in _FIELDS.get(name, {}).items():
        if field == "headline" and rates["headline"] < bar and name == "fundus":
            # Either is enough: publishers write several headlines, and the truth has one of them.
            yield Bar(f"{name} headline, any", rates["headline, any"], _ANY_HEADLINE)
        else:
            yield Bar(f"{name} {field}", rates[field], bar)


def confidence_bars(name: str, held: float, best: float) -> Iterator[Bar]:
    """Yield the bar for the share of errors in the least confident tenth of the set *name*.

    *best* is the share in a perfect order; an aim above it cannot be reached.
    """
    if name in _LEAST_HOLDS:
        bar, aim = _LEAST_HOLDS[name]
        words = f"{name}: the least confident tenth holds (at best {best:.4f})"
        yield Bar(words, held, bar, aim)


def cpu_bar(ours_seconds: float, theirs_seconds: float) -> Bar:
    """Return the bar of CPU, text and metadata together, as a share of trafilatura's."""
    share = ours_seconds / theirs_seconds
    return Bar("CPU as a share of trafilatura's with metadata", share, _CPU_SHARE, most=True)
