"""Ask the rule when URLs are due: after their captures, and when a source reports a change.

The database holds everything that the rule is given, so the answer does not depend on which crawl
asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from archive.model import Outcome
from archive.profile import Profile
from archive.revisit.failures import failed
from archive.revisit.inputs import UNTESTED, Evidence, LastmodAccuracy
from archive.revisit.observations import NEVER_OBSERVED, observed_pages
from archive.revisit.rule import due_again
from archive.revisit.source_reports import instant
from archive.revisit.url_rows import UrlRow, frontier_rows
from archive.revisit.url_updates import Fetched, set_due
from archive.sql.captures.store import Ingestible
from archive.sql.chunks import batches
from archive.urls import amp_base


def after_captures(
    connection: Connection,
    owner: int,
    profile: Profile,
    items: Collection[Ingestible],
    originals: Mapping[str, Outcome],
    without_visit: Callable[[str], str],
) -> list[Fetched]:
    """Return what the captures in *items*, which are stored, do to the rows of their URLs.

    *originals* gives the outcomes of the captures that revisits among *items* refer to, by record
    id. For a URL without a row, the row of *without_visit* of that URL is used.
    """
    urls = {item.capture.url for item in items}
    rows = frontier_rows(connection, owner, urls.union(map(without_visit, urls)))
    seen = observed_pages(connection, owner, urls)
    found = []
    for item in items:
        capture = item.capture
        url = capture.url if capture.url in rows else without_visit(capture.url)
        row = rows.get(url)
        if item.is_hidden:
            found.append(_of_hidden(item))
            continue
        outcome = originals.get(capture.refers_to or "", item.extraction.outcome)
        again = failed(outcome, capture.truncated)
        observations, published = seen.get(capture.url, NEVER_OBSERVED)
        known = Evidence(
            outcome=outcome,
            fetched_at=capture.fetched_at,
            fail_count=(row.fail_count if row else 0) + 1 if again else 0,
            depth=_depth(row) if row else 0,
            is_front=capture.url == profile.home,
            published_at=(row and row.published_at) or instant(published, capture.fetched_at),
            observations=tuple(o for o in observations if o.fetched_at <= capture.fetched_at),
            modified_at=row.modified_at if row else None,
        )
        accuracy = _accuracy(row, known) if row else UNTESTED
        if row is not None:
            total = row.accuracy + accuracy
            known = replace(known, accuracy=total, modified_reason=row.modified_reason)
        found.append(
            Fetched(
                url=url,
                fetched_at=capture.fetched_at,
                due=due_again(known),
                failed=again,
                outcome=outcome,
                accuracy=accuracy,
                published_at=known.published_at,
            )
        )
    return found


def reschedule(
    connection: Connection,
    owner: int,
    profile: Profile,
    urls: Collection[str],
    others_accuracy: LastmodAccuracy = UNTESTED,
    vanished_at: datetime | None = None,
) -> None:
    """Set anew when *urls* are due, because a source reported a change of them.

    *others_accuracy* is that of the source's other reports. *vanished_at* is when the source did
    not name *urls* any more; None when it reported a modification.
    """
    for some in batches(urls):
        rows = frontier_rows(connection, owner, some)
        seen = observed_pages(connection, owner, some)
        dues = {
            url: due_again(
                Evidence(
                    outcome=row.outcome or Outcome.ARTICLE,
                    fetched_at=row.fetched_at,
                    fail_count=row.fail_count,
                    depth=_depth(row),
                    is_front=url == profile.home,
                    published_at=row.published_at,
                    observations=seen.get(url, NEVER_OBSERVED).observations,
                    modified_at=row.modified_at,
                    modified_reason=row.modified_reason,
                    accuracy=row.accuracy,
                    others_accuracy=others_accuracy,
                    vanished_at=vanished_at,
                )
            )
            for url, row in rows.items()
            if row.fetched_at is not None
        }
        set_due(connection, owner, dues)


def never_again(item: Ingestible) -> Fetched:
    """Return that a URL was fetched and is never due again, for a capture that cannot be noted."""
    return Fetched(
        url=item.capture.url,
        fetched_at=item.capture.fetched_at,
        due=None,
        failed=True,
        outcome=item.extraction.outcome,
    )


def _of_hidden(item: Ingestible) -> Fetched:
    """Return that a URL was fetched whose capture is not shown; nothing else is known of it."""
    return Fetched(
        url=item.capture.url,
        fetched_at=item.capture.fetched_at,
        due=None,
        failed=False,
        outcome=Outcome.HIDDEN,
        skip_reason=item.extraction.reason,
    )


def _depth(row: UrlRow) -> int:
    """Return the depth of a URL; an AMP listing names nothing that its own listing does not."""
    return row.depth + (amp_base(row.url) is not None)


def _accuracy(row: UrlRow, known: Evidence) -> LastmodAccuracy:
    """Return whether an article's modification date was right at its latest capture."""
    comparable = (
        known.outcome is Outcome.ARTICLE
        and row.modified_at_fetched is not None
        and len(known.observations) > 1
        and known.observations[-1].fetched_at == known.fetched_at
    )
    if not comparable:
        return UNTESTED
    moved = row.modified_at != row.modified_at_fetched
    changed = known.observations[-2].fingerprint != known.observations[-1].fingerprint
    return LastmodAccuracy(
        correct=int(moved and changed),
        false_positives=int(moved and not changed),
        missed=int(changed and not moved),
    )
