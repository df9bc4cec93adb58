"""A publisher's profile: one TOML file, built in or in the home folder, that says how to crawl it.

A file in ``HOME/publishers/`` wins over the built-in one of the same name. There is no Python per
publisher: what a profile cannot say, the general code has to learn.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import tomli_w

from archive.errors import NotFoundError, SettingsError
from archive.settings import checked, read_toml

BUILT_IN = Path(__file__).parent / "publishers"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How one publisher is crawled and read. URLs are absolute; patterns are Python regular expressions."""

    name: str
    """The spider's name and the prefix of the publisher's WARC files."""
    home: str
    """URL of the front page; where a crawl starts."""
    title: str | None = None
    """The publisher's name for people."""
    hosts: tuple[str, ...] = ()
    """Hosts (``name`` or ``name:port``) that belong to the publisher, beside that of *home*."""
    sitemaps: tuple[str, ...] = ()
    """Sitemap URLs, beside those that robots.txt names."""
    feeds: tuple[str, ...] = ()
    """Feed URLs, beside those that pages name."""
    exclude: tuple[str, ...] = ()
    """URLs that match one of these (searched in path and query) are never fetched."""
    amp: str = "skip"
    """``skip``: an AMP twin is recorded as an address, not fetched. ``fetch``: it is fetched too."""
    max_depth: int = 5
    """Links followed from a front page, sitemap or feed before a URL counts as out of scope."""
    delay_seconds: float = 1.0
    """Time between two requests to one host; a longer Crawl-delay in robots.txt wins."""
    concurrent_requests: int = 4
    """Requests under way at once to one host."""

    @cached_property
    def all_hosts(self) -> frozenset[str]:
        """The publisher's hosts, that of *home* among them, in lower case, with their port if it is not the scheme's own."""
        return frozenset({host_of(self.home), *(host.lower() for host in self.hosts)})

    @cached_property
    def reading_digest(self) -> str:
        """``sha256:`` and hex over what extraction depends on: two equal ones read a page alike.

        Pace, limits and seeds are left out, so that tuning a crawl makes no extraction stale.
        """
        text = json.dumps([self.home, sorted(self.all_hosts)], ensure_ascii=False)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def digest(self) -> str:
        """``sha256:`` and hex over all fields: two equal digests crawl and read alike."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


_EXPECTED = {
    "str": 'a text, such as "https://example.org/"',
    "str | None": 'a text, such as "The Example"',
    "int": "a whole number above 0, such as 5",
    "float": "a number of seconds, such as 1.0",
    "tuple[str, ...]": 'a list of texts, such as ["https://example.org/sitemap.xml"]',
}


def host_of(url: str) -> str:
    """Return host and, if it is not the scheme's own, port of *url* in lower case ("example.org:8080")."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}.get(parts.scheme.lower())
    return host if parts.port in (None, default) else f"{host}:{parts.port}"


def read_profile(file: Path) -> Profile:
    """Return the profile that *file* holds; its name is the file's stem.

    Raises ``SettingsError`` for an unknown key, a value of a wrong type, or a pattern that does not compile.
    """
    values = checked({"name": file.stem, **read_toml(file)}, file, Profile, _EXPECTED)
    if "home" not in values:
        raise SettingsError(
            file, "home", "is missing", expected='the front page, such as "https://example.org/"'
        )
    profile = Profile(**values)
    if profile.name != file.stem or not NAME.fullmatch(profile.name):
        raise SettingsError(
            file,
            "name",
            f"is {profile.name!r}",
            expected="the file's own name, of a-z, 0-9, dot, dash and underscore",
        )
    for key, urls in {
        "home": (profile.home,),
        "sitemaps": profile.sitemaps,
        "feeds": profile.feeds,
    }.items():
        for url in urls:
            if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
                raise SettingsError(
                    file, key, f"has {url!r}", expected="an absolute http or https URL"
                )
    if profile.amp not in {"skip", "fetch"}:
        raise SettingsError(file, "amp", f"is {profile.amp!r}", expected='"skip" or "fetch"')
    for pattern in profile.exclude:
        try:
            re.compile(pattern)
        except re.error as error:
            raise SettingsError(
                file, "exclude", f"has {pattern!r} ({error})", expected="a regular expression"
            ) from error
    return profile


def read_profiles(home: Path) -> dict[str, Profile]:
    """Return every profile by name: the built-in ones, and those in *home*, which win."""
    files = {
        file.stem: file
        for folder in (BUILT_IN, home / "publishers")
        for file in sorted(folder.glob("*.toml"))
    }
    return {name: read_profile(file) for name, file in sorted(files.items())}


def find_profile(home: Path, name: str) -> Profile:
    """Return the profile called *name*; ``NotFoundError`` with the known names where there is none."""
    for folder in (home / "publishers", BUILT_IN):
        file = folder / f"{name}.toml"
        if NAME.fullmatch(name) and file.exists():
            return read_profile(file)
    raise NotFoundError(
        f"no publisher is called {name!r}; known: {', '.join(read_profiles(home))}, or give a URL such as https://{name}/"
    )


def owner_of(url: str, profiles: dict[str, Profile]) -> Profile | None:
    """Return the profile whose hosts hold *url*; the first by name where several do."""
    host = host_of(url)
    return next(
        (profiles[name] for name in sorted(profiles) if host in profiles[name].all_hosts), None
    )


def name_for(url: str) -> str:
    """Return a profile name made from the host of *url* ("www.example.org:8080" gives "example.org-8080")."""
    host = host_of(url).removeprefix("www.")
    return re.sub(r"[^a-z0-9._-]+", "-", host).strip("-.") or "site"


def write_profile(home: Path, profile: Profile) -> Path:
    """Write *profile* to ``HOME/publishers/NAME.toml``, only what differs from the defaults; the file's path."""
    defaults = asdict(Profile(name=profile.name, home=profile.home))
    values = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(profile).items()
        if key == "home" or (key != "name" and value != defaults[key])
    }
    file = home / "publishers" / f"{profile.name}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".toml.part")
    partial.write_text(tomli_w.dumps(values), encoding="utf-8")
    partial.replace(file)
    return file


def make_profile(url: str) -> Profile:
    """Return a profile for the site of *url*, of which nothing else is known yet.

    A name with and without ``www.`` is one site.
    """
    host = host_of(url)
    other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
    name, scheme = name_for(url), urlsplit(url).scheme
    is_name = re.search(r"[a-z]", name) is not None and host.partition(":")[0] != "localhost"
    return Profile(
        name=name,
        home=f"{scheme}://{host}/",
        hosts=(other,) if is_name else (),
    )
