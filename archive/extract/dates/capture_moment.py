"""The instant of a capture, and until when its page would be read as it was then.

A date is not believed that lies in the future of its capture. Nothing else that is read in a page
depends on when it was captured. So the same page reads the same at any later instant, until the
first date that was refused lies in the future no longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class CaptureMoment:
    """The *instant* at which a page was captured, which must have a time zone.

    *holds_until* is the first instant from which a capture of the page would be read otherwise;
    None while no date was refused.
    """

    instant: datetime
    holds_until: datetime | None = None

    def refuses(self, date: datetime, tolerance: timedelta) -> bool:
        """Return whether *date* is later than the capture by more than *tolerance*."""
        believed_from = date - tolerance
        if self.instant >= believed_from:
            return False
        self.holds_until = min(believed_from, self.holds_until or believed_from)
        return True
