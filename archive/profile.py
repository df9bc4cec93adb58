"""The profile of a publisher: one TOML file that says how to crawl it.

A profile is built in or in the home folder. A file in ``HOME/publishers/`` replaces the built-in
one of the same name. There is no Python code for single publishers: what a profile cannot say, the
general code has to learn.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import tomli_w

from archive.errors import HomeError, SettingsError, UnknownPublisherError
from archive.settings import checked, read_toml
from archive.urls import host_of, normalize

BUILT_IN = Path(__file__).parent / "publishers"
_HOST_PORT = re.compile(r"(\[[^\[\]]+\]|[^:\[\]/\\?#@\s]+):[0-9]{1,5}")
_PLACE = re.compile(r"[0-9a-f]{8}")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How one publisher is crawled and read.

    URLs are absolute; patterns are Python regular expressions.
    """

    name: str
    """The spider's name and the prefix of the publisher's WARC files."""
    home: str
    """URL of the front page, where a crawl starts."""
    title: str | None = None
    """The publisher's name for readers."""
    hosts: tuple[str, ...] = ()
    """Hosts (``name`` or ``name:port``) of the publisher, in addition to that of *home*."""
    sitemaps: tuple[str, ...] = ()
    """Sitemap URLs, in addition to those that robots.txt names."""
    feeds: tuple[str, ...] = ()
    """Feed URLs, in addition to those that pages name."""
    exclude: tuple[str, ...] = ()
    """URLs that match one of these (searched in path and query) are neither fetched nor shown."""
    follow: tuple[str, ...] = ()
    """URLs that match one of these are never held back, even if their pattern yields nothing."""
    unverified_hosts: tuple[str, ...] = ()
    """Hosts whose TLS certificate is not checked (expired, self-signed); their records say so."""
    cookies: str = "auto"
    """``auto``: cookies are sent to hosts that need them: hosts that put session ids into links, or
    redirect a URL to itself. ``always``, ``never``: a metered paywall counts visits by cookie."""
    allow_addresses: tuple[str, ...] = ()
    """``HOST:PORT`` that may be fetched although the address is private or loopback."""
    amp: str = "skip"
    """``skip``: an AMP twin is recorded as an address only. ``fetch``: it is fetched too."""
    max_depth: int = 5
    """How many links are followed from a front page, sitemap or feed; other URLs are out of
    scope."""
    delay_seconds: float = 1.0
    """Time between two requests to one host; a longer Crawl-delay in robots.txt replaces it."""
    concurrent_requests: int = 4
    """Requests to one host at the same time."""

    template_text: tuple[str, ...] = ()
    """Places of the pages that hold text, whatever the pages teach; ``pressmark template`` names
    them."""
    template_frame: tuple[str, ...] = ()
    """Places of the pages that belong to the frame, whatever the pages teach."""
    template_none: tuple[str, ...] = ()
    """Places of the pages about which nothing is to be learned."""

    @cached_property
    def place_roles(self) -> dict[int, str]:
        """The role of each place that this profile overrules: ``text``, ``frame`` or ``none``."""
        named = {"text": self.template_text, "frame": self.template_frame}
        named["none"] = self.template_none
        return {int(place, 16): role for role, some in named.items() for place in some}

    @cached_property
    def all_hosts(self) -> frozenset[str]:
        """The publisher's hosts, including that of *home*, in the spelling of ``host_of``."""
        spellings = (_host_spellings(host) for host in self.hosts)
        return frozenset({host_of(self.home)}.union(*spellings))

    @cached_property
    def reading_digest(self) -> str:
        """``sha256:`` and hex over the fields that extraction depends on.

        Pace, limits and seeds are left out, so changing them does not make extractions out of date.
        """
        text = json.dumps([self.home, sorted(self.all_hosts)], ensure_ascii=False)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def digest(self) -> str:
        """``sha256:`` and hex over all fields."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


_EXPECTED = {
    "str": 'a text, such as "https://example.org/"',
    "str | None": 'a text, such as "The Example"',
    "int": "a whole number above 0, such as 5",
    "float": "a number of seconds, such as 1.0",
    "tuple[str, ...]": 'a list of texts, such as ["https://example.org/sitemap.xml"]',
}
_MAY_BE_ZERO = frozenset({"delay_seconds"})


def read_profile(file: Path) -> Profile:
    """Return the profile in *file*; its name is the file's stem, its URLs are normalized.

    Raises ``SettingsError`` for an unknown key, a value of a wrong type, an invalid URL or host, or
    a pattern that does not compile.
    """
    values = checked(
        {"name": file.stem, **read_toml(file)}, file, Profile, _EXPECTED, may_be_zero=_MAY_BE_ZERO
    )
    if values["name"] != file.stem or not NAME.fullmatch(file.stem):
        raise SettingsError(
            file,
            "name",
            f"is {values['name']!r}",
            expected="the file's own name, of a-z, 0-9, dot, dash and underscore",
        )
    if "home" not in values:
        raise SettingsError(
            file, "home", "is missing", expected='the front page, such as "https://example.org/"'
        )
    values["home"] = _url(file, "home", values["home"])
    for key in ("sitemaps", "feeds"):
        values[key] = tuple(_url(file, key, url) for url in values.get(key, ()))
    profile = Profile(**values)
    _check_hosts(file, profile)
    _check_addresses(file, profile)
    _check_patterns(file, profile)
    _check_places(file, profile)
    if profile.amp not in {"skip", "fetch"}:
        raise SettingsError(file, "amp", f"is {profile.amp!r}", expected='"skip" or "fetch"')
    if profile.cookies not in {"auto", "always", "never"}:
        raise SettingsError(
            file, "cookies", f"is {profile.cookies!r}", expected='"auto", "always" or "never"'
        )
    return profile


def _url(file: Path, key: str, url: str) -> str:
    try:
        return normalize(url)
    except ValueError as error:
        raise SettingsError(
            file, key, f"has {url!r}", expected="an absolute http or https URL"
        ) from error


def _check_hosts(file: Path, profile: Profile) -> None:
    for host in (*profile.hosts, *profile.unverified_hosts):
        try:
            _host_spellings(host)
        except ValueError as error:
            raise SettingsError(
                file, "hosts", f"has {host!r}", expected='a host, such as "www.example.org"'
            ) from error


def _check_addresses(file: Path, profile: Profile) -> None:
    for text in profile.allow_addresses:
        if not _is_host_and_port(text):
            raise SettingsError(
                file,
                "allow_addresses",
                f"has {text!r}",
                expected='a host and a port, such as "localhost:8000" or "[::1]:8000"',
            )


def _is_host_and_port(text: str) -> bool:
    try:
        host_of(f"http://{text}/")
    except ValueError:
        return False
    return _HOST_PORT.fullmatch(text) is not None and int(text.rpartition(":")[2]) > 0


def _check_patterns(file: Path, profile: Profile) -> None:
    patterns = (("exclude", profile.exclude), ("follow", profile.follow))
    for key, pattern in ((key, each) for key, some in patterns for each in some):
        try:
            re.compile(pattern)
        except re.error as error:
            raise SettingsError(
                file, key, f"has {pattern!r} ({error})", expected="a regular expression"
            ) from error


def _check_places(file: Path, profile: Profile) -> None:
    places = (
        ("template_text", profile.template_text),
        ("template_frame", profile.template_frame),
        ("template_none", profile.template_none),
    )
    for key, place in ((key, each) for key, some in places for each in some):
        if not _PLACE.fullmatch(place):
            raise SettingsError(
                file,
                key,
                f"has {place!r}",
                expected='a place as "pressmark template" names it, such as "0a1b2c3d"',
            )


def _host_spellings(host: str) -> set[str]:
    """Return the spellings of *host* for http and https, whose default ports differ."""
    if re.search(r"[/\\?#@\s]", host):
        raise ValueError(f"no host: {host!r}")
    return {host_of(f"http://{host}/"), host_of(f"https://{host}/")}


def read_profiles(home: Path) -> dict[str, Profile]:
    """Return every profile by name; those in *home* replace built-in ones of the same name."""
    files = {
        file.stem: file
        for folder in (BUILT_IN, home / "publishers")
        for file in sorted(folder.glob("*.toml"))
    }
    return {name: read_profile(file) for name, file in sorted(files.items())}


def find_profile(home: Path, name: str) -> Profile:
    """Return the profile called *name*.

    Raises ``UnknownPublisherError`` with the known names if there is none.
    """
    for folder in (home / "publishers", BUILT_IN):
        file = folder / f"{name}.toml"
        if NAME.fullmatch(name) and file.exists():
            return read_profile(file)
    known = ", ".join(read_profiles(home))
    raise UnknownPublisherError(
        f"no publisher is called {name!r}; known: {known}; "
        "or give the URL of a front page, such as https://example.org/"
    )


def owner_of(url: str, profiles: dict[str, Profile]) -> Profile | None:
    """Return the profile that has the host of *url*; the first by name if there are several."""
    host = host_of(url)
    return next(
        (profiles[name] for name in sorted(profiles) if host in profiles[name].all_hosts), None
    )


def name_for(url: str) -> str:
    """Return a profile name made from the host of *url*.

    "https://www.example.org:8080/" gives "example.org-8080".
    """
    host = host_of(url).removeprefix("www.")
    return re.sub(r"[^a-z0-9._-]+", "-", host).strip("-._")[:64] or "site"


def make_profile(url: str) -> Profile:
    """Return a profile for the site of *url* with the defaults.

    A host with and without ``www.`` is one site. Raises ``ValueError`` if *url* is not a URL.
    """
    host, scheme = host_of(url), normalize(url).partition(":")[0]
    name = host.partition(":")[0]
    is_name = re.search(r"[a-z]", name.rpartition(".")[2]) is not None and "." in name
    other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
    return Profile(
        name=name_for(url), home=f"{scheme}://{host}/", hosts=(other,) if is_name else ()
    )


def write_profile(home: Path, profile: Profile) -> Path:
    """Write *profile* to ``HOME/publishers/NAME.toml`` and return that file.

    Only fields that differ from the defaults are written. Raises ``HomeError`` if writing fails.
    """
    defaults = asdict(Profile(name=profile.name, home=profile.home))
    values = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(profile).items()
        if key == "home" or (key != "name" and value != defaults[key])
    }
    file = home / "publishers" / f"{profile.name}.toml"
    partial = file.with_suffix(".toml.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(tomli_w.dumps(values), encoding="utf-8")
        partial.replace(file)
    except OSError as error:
        raise HomeError(
            home, f"{file.name} cannot be written ({error.strerror})", remedy="make it writable"
        ) from error
    return file
