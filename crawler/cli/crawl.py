"""``crawl`` and ``fetch``: thin doors to ``run_crawls``.

What needs Scrapy is imported when a command runs, so that its ``--help`` is there at once.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from archive.cli.output import print_json, stdout
from archive.profile import Profile, find_profile, make_profile, owner_of, read_profiles
from archive.urls import normalize
from crawler.addresses import literal
from crawler.exits import Exit

if TYPE_CHECKING:
    from crawler.process import Account

OPTIONS = [
    click.option(
        "--contact",
        metavar="ADDRESS",
        help="Your e-mail address or URL, for the publisher's webmaster; goes into the User-Agent.",
    ),
    click.option(
        "--allow-address",
        multiple=True,
        metavar="HOST:PORT",
        help="Fetch from this host although its address is private or loopback.",
    ),
    click.option(
        "--connect-to",
        multiple=True,
        metavar="HOST:PORT:ADDRESS:PORT",
        help="Connect to ADDRESS:PORT for HOST:PORT, as curl does.",
    ),
    click.option("--limit", type=click.IntRange(min=1), help="Fetch at most so many pages."),
    click.option("--json", "as_json", is_flag=True, help="A line of JSON for each crawl."),
    click.option("-v", "--verbose", is_flag=True, help="Log what Scrapy does, on stderr."),
]


def with_options(command: Any) -> Any:
    """Give *command* the options of all crawls."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="NAME|URL...")
@with_options
@click.pass_obj
def crawl(home: Path, /, targets: tuple[str, ...], *, as_json: bool, **options: Any) -> None:
    r"""Archive publishers, each given by its profile's NAME or by the URL of its front page.

    A URL without a profile gets one, written to HOME/publishers. Killed or interrupted, the same
    command goes on where it was.

    \b
    Exit codes: 0 done; 1 some URLs failed and are tried again next time; 2 wrong usage;
    3 the publisher does not answer; 4 another crawl of it is running; 5 the disk; 6 the
    database; 7 interrupted.
    """
    from crawler.process import Job, run_crawls

    jobs = [Job(_profile(home, target)) for target in targets]
    _report(run_crawls(home, jobs, options), as_json=as_json)


@click.command()
@click.argument("urls", nargs=-1, metavar="URL...")
@click.option(
    "--from",
    "lists",
    type=click.File(encoding="utf-8"),
    multiple=True,
    metavar="FILE",
    help="Read URLs from FILE, one a line; - for standard input.",
)
@with_options
@click.pass_obj
def fetch(
    home: Path, /, urls: tuple[str, ...], lists: Any, *, as_json: bool, **options: Any
) -> None:
    """Archive exactly these pages (and where they redirect to), without discovery."""
    from crawler.process import Job, run_crawls

    listed = [line.strip() for file in lists for line in file]
    wanted = [*urls, *(line for line in listed if line and not line.startswith("#"))]
    if not wanted:
        raise click.UsageError("there is no URL to fetch; give some, or a file of them with --from")
    by_name: dict[str, tuple[Profile, list[str]]] = {}
    for url in dict.fromkeys(map(_normalized, wanted)):
        profile = _profile_for_url(home, url)
        by_name.setdefault(profile.name, (profile, []))[1].append(url)
    jobs = [Job(profile, only=tuple(some)) for profile, some in by_name.values()]
    _report(run_crawls(home, jobs, options), as_json=as_json)


def _profile(home: Path, target: str) -> Profile:
    if "://" in target:
        return _profile_for_url(home, _normalized(target))
    return find_profile(home, target)


def _profile_for_url(home: Path, url: str) -> Profile:
    known = owner_of(url, read_profiles(home))
    if known is not None:
        return known
    made = make_profile(url)
    address = literal(urlsplit(url).hostname or "")
    # A server on this machine needs no pause between requests.
    return replace(made, delay_seconds=0.0) if address and address.is_loopback else made


def _normalized(url: str) -> str:
    try:
        return normalize(url)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _report(accounts: list[Account], *, as_json: bool) -> None:
    console = stdout()
    for account in accounts:
        if as_json:
            print_json(account.as_dict())
        elif account.error is not None:
            click.echo(f"pressmark: {account.error}", err=True)
        else:
            console.print(account.sentence())
    worst = max((account.exit for account in accounts), default=Exit.DONE)
    raise SystemExit(int(worst))
