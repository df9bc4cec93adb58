"""Other distributions that install a package with the name of one of ours."""

from __future__ import annotations

from importlib.metadata import packages_distributions

_OURS = "pressmark"
_PACKAGES = ("archive", "crawler")


def namesakes() -> list[str]:
    """Return a warning for each distribution that installs a package of the same name.

    pip overwrites files silently, and what breaks then looks like a bug of Pressmark. The files of
    all distributions are read for it, which takes a twentieth of a second.
    """
    found = packages_distributions()
    owners = {owner for name in _PACKAGES for owner in found.get(name, ())}
    return [
        f"the distribution {other!r} installs a package of the same name as one of Pressmark's;"
        f" give Pressmark an environment of its own (uninstall {other!r})"
        for other in sorted(owners - {_OURS})
    ]
