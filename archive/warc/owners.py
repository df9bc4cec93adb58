"""Find the publisher of a record: by its WARC file or, in an imported file, by its host."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from archive.errors import NotFoundError, RecordError
from archive.model import Capture
from archive.profile import Profile, owner_of
from archive.warc.store import Store

WARC_FILE_NAME = re.compile(r"(.+)-(\d{17})-\d{5,}-")
"""The name of a WARC file begins with publisher, time and number (``warc.segment``)."""

FindOwner = Callable[[Capture], Profile | None]
"""Finds the publisher of a capture; None if the capture is left out."""


def find_owner(store: Store, file: str, profiles: Mapping[str, Profile], home: Path) -> FindOwner:
    """Return a function that finds the publishers of the captures in *file*.

    For an imported file, these are the publishers for which it was imported, found by the hosts of
    their profiles. Raises ``NotFoundError`` if a publisher has no profile.
    """
    listed = store.collection.contents().listed.get(file) if store.collection else None
    if listed is None or listed.publishers is None:
        profile = publisher_of(store, file, profiles, home)
        return lambda _capture: profile
    chosen = {name: _profile(store, file, name, profiles, home) for name in listed.publishers}
    return lambda capture: owner_by_host(capture.url, chosen)


def owner_by_host(url: str, profiles: dict[str, Profile]) -> Profile | None:
    """Return the profile that has the host of *url*; None if there is none, or no host."""
    try:
        return owner_of(url, profiles)
    except ValueError:
        return None


def publisher_of(store: Store, file: str, profiles: Mapping[str, Profile], home: Path) -> Profile:
    """Return the profile of the publisher that the WARC file *file* names.

    The warcinfo record names the publisher; if it is damaged or lost, the name of the file does.
    Raises ``NotFoundError`` if the publisher has no profile, and for files of other software, which
    must be imported.
    """
    named = WARC_FILE_NAME.match(file)
    name = named[1] if named else ""
    with suppress(RecordError):
        name = store.info(file).get("isPartOf", name)
    if name not in profiles and named is None:
        raise NotFoundError(
            f"{store.path(file)}: belongs to no known publisher; import it with:"
            f" pressmark import {store.path(file)}"
        )
    return _profile(store, file, name, profiles, home)


def _profile(
    store: Store, file: str, name: str, profiles: Mapping[str, Profile], home: Path
) -> Profile:
    if name not in profiles:
        raise NotFoundError(
            f"{store.path(file)}: is part of publisher {name!r}, which has no profile;"
            f" put {home / 'publishers' / f'{name}.toml'} back and run `pressmark rebuild`"
        )
    return profiles[name]
