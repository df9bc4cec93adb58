"""What a crawl counts while it runs, and the last URLs that its account names."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable

from archive.model import Flag, Outcome
from archive.pipeline.storing import Ingested
from archive.revisit.failures import failed
from archive.urls import is_robots_txt
from crawler import hidden

logger = logging.getLogger(__name__)


class CrawlTally:
    """The counts of a crawl, by outcome and by other names that are documented."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        """What could not be taken in, stored or settled, a sentence each."""
        self.last_failure: str | None = None
        """The last URL that failed, and why."""
        self.last_hidden: str | None = None
        """The last URL that was archived and is not shown, and why."""

    def add_problems(self, problems: Iterable[str]) -> None:
        """Count *problems*, and log each of them."""
        for problem in problems:
            self.counts["problems"] += 1
            self.problems.append(problem)
            logger.error("%s", problem)

    def add(self, ingested: Ingested) -> None:
        """Count an exchange whose rows are committed."""
        found, capture = ingested.extraction, ingested.capture
        of_robots = is_robots_txt(capture.url)
        has_failed = failed(ingested.outcome, capture.truncated) or found.outcome is Outcome.FAILED
        reason = found.reason
        if found.outcome is Outcome.HIDDEN and not of_robots:
            has_failed = has_failed or hidden.has_failed(capture)
            self.last_hidden, reason = f"{capture.url}: {reason}", f"status {capture.http_status}"
        is_to_itself = Flag.TO_ITSELF in found.flags
        self.counts[_outcome_of(ingested, of_robots=of_robots, has_failed=has_failed)] += 1
        # Whether a redirect to itself failed is known after the second request.
        if has_failed and not is_to_itself:
            self.counts["failed_exchanges"] += 1
            self.last_failure = f"{capture.url}: {capture.error or reason or capture.http_status}"


def _outcome_of(ingested: Ingested, *, of_robots: bool, has_failed: bool) -> Outcome:
    """Return the outcome as which an exchange is counted."""
    found = ingested.extraction
    if Flag.TO_ITSELF in found.flags:
        return Outcome.REDIRECT
    # A refusal that came in the same words as the last time is a refusal, not "unchanged".
    outcome = ingested.outcome if has_failed else found.outcome
    if of_robots and outcome in {Outcome.REDIRECT, Outcome.HIDDEN}:
        return Outcome.ROBOTS  # where the rules lie is no answer of the publisher's
    return outcome
