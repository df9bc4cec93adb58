"""The commands ``crawl`` and ``fetch``, which call ``run_crawls``.

Modules that need Scrapy are imported when a command runs, so ``--help`` is fast.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import click
from rich.text import Text

from archive.cli.output import print_json, stdout
from archive.cli.reading import reading
from archive.cli.stories import address_of, text_shown, what_it_is
from archive.errors import ArchiveError, UnknownPublisherError, described
from archive.home import WARC
from archive.locks import DUE_CRAWLS, lock
from archive.model import Outcome
from archive.profile import Profile, find_profile, make_profile, owner_of, read_profiles
from archive.urls import completed
from crawler.download.addresses import literal
from crawler.exits import exit_for, worst

if TYPE_CHECKING:
    from crawler.process import Account

OPTIONS = [
    click.option(
        "--contact",
        metavar="ADDRESS",
        help="Your e-mail address or URL for the publisher's webmaster; sent in the User-Agent.",
    ),
    click.option(
        "--allow-address",
        multiple=True,
        metavar="HOST:PORT",
        help="Fetch from this host even if its address is private or loopback.",
    ),
    click.option(
        "--connect-to",
        multiple=True,
        metavar="HOST:PORT:ADDRESS:PORT",
        help="Connect to ADDRESS:PORT for HOST:PORT, as curl does.",
    ),
    click.option(
        "--budget",
        type=click.IntRange(min=1),
        metavar="N",
        help="Make at most N requests for each publisher, including robots.txt and redirects.",
    ),
    click.option(
        "--minutes",
        type=click.FloatRange(min=0, min_open=True),
        metavar="N",
        help="Request pages of each publisher for at most N minutes.",
    ),
    click.option("--json", "as_json", is_flag=True, help="A line of JSON for each crawl."),
    click.option("-v", "--verbose", is_flag=True, help="Log what Scrapy does, on stderr."),
]


def _instant(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    """Return a date or an instant as ISO 8601 with its offset; UTC if it has none."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no date, such as 2026-11-01") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def with_options(command: Any) -> Any:
    """Add the options of all crawls to *command*."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command()
@click.argument("targets", nargs=-1, metavar="[NAME|URL...]")
@click.option(
    "--due",
    is_flag=True,
    help="Of all publishers of the archive, or of those named, those that have something due;"
    " quiet unless something is wrong.",
)
@click.option("--refresh", is_flag=True, help="Treat everything that is known as due now.")
@click.option(
    "--since",
    metavar="DATE",
    callback=_instant,
    help="Only what a sitemap or feed dates since then, and the sources; UTC.",
)
@with_options
@click.pass_obj
def crawl_command(
    home: Path, /, targets: tuple[str, ...], *, due: bool, as_json: bool, **options: Any
) -> None:
    """Archive publishers, each given by the NAME of its profile or the URL of its front page.

    For a URL without a profile, one is written to HOME/publishers. If a crawl is killed or
    interrupted, the same command continues it. When a page is due depends on its age, its edits,
    sitemaps and feeds. A crawl that names a publisher always requests its front page, sitemaps and
    feeds.

    \b
    Exit codes: 0 done; 1 some URLs failed and are tried again next time; 2 wrong usage;
    3 the publisher does not answer; 4 another crawl of it is running; 5 the disk; 6 the
    database; 7 interrupted; 8 limit reached (--budget, --minutes) while more was due;
    9 an unforeseen error, with its traceback on stderr.
    """  # noqa: D301 - click wants the character \\b itself
    if due:
        _crawl_due(home, targets, options, as_json=as_json)
    if not targets:
        raise click.UsageError("name a publisher or give a URL; or crawl what is due with --due")
    from crawler.process import CrawlJob, run_crawls

    jobs = [CrawlJob(_profile(home, target)) for target in targets]
    _report(run_crawls(home, jobs, options), as_json=as_json)


def _crawl_due(
    home: Path, targets: tuple[str, ...], options: dict[str, Any], *, as_json: bool
) -> NoReturn:
    """Crawl what is due and exit; print a line on stderr for each problem."""
    from crawler.due import due_publishers
    from crawler.process import Account, CrawlJob, run_crawls

    names = [_profile(home, target).name for target in targets]
    busy = "another `pressmark crawl --due` is running; wait for it, or end it"
    try:
        with ExitStack() as held:
            if not names and home.is_dir():
                held.enter_context(lock(home, DUE_CRAWLS, busy=busy))
            found = due_publishers(home, datetime.now(UTC), names)
            accounts = [Account.without_profile(home, name) for name in found.lacking]
            accounts += [Account.of_waiting(*each) for each in found.waiting.items()]
            quiet = {**options, "due": True, "progress": False, "quiet": True}
            accounts += run_crawls(home, [CrawlJob(profile) for profile in found.profiles], quiet)
    except ArchiveError as error:
        click.echo(f"pressmark: {error}", err=True)
        raise SystemExit(int(exit_for(error))) from error
    for account in accounts:
        if as_json:
            print_json(account.as_dict())
        for problem in account.troubles():
            click.echo(f"pressmark: {problem}", err=True)
    raise SystemExit(int(worst(account.exit for account in accounts)))


@click.command()
@click.argument("urls", nargs=-1, metavar="URL...")
@click.option(
    "--from",
    "lists",
    type=click.File(encoding="utf-8"),
    multiple=True,
    metavar="FILE",
    help="Read URLs from FILE, one on each line; - means standard input.",
)
@with_options
@click.pass_obj
def fetch_command(
    home: Path, /, urls: tuple[str, ...], lists: Any, *, as_json: bool, **options: Any
) -> None:
    """Archive exactly these pages and the targets of their redirects, without discovery.

    Prints the text of each URL that is given on the command line, whatever the page is.
    """
    from crawler.process import CrawlJob, run_crawls

    listed = [line.strip() for file in lists for line in file]
    wanted = [*urls, *(line for line in listed if line and not line.startswith("#"))]
    if not wanted:
        raise click.UsageError("there is no URL to fetch; give some, or a file of them with --from")
    by_name: dict[str, tuple[Profile, list[str]]] = {}
    for url in dict.fromkeys(map(address_of, wanted)):
        profile = _profile_for_url(home, url)
        by_name.setdefault(profile.name, (profile, []))[1].append(url)
    jobs = [CrawlJob(profile, only=tuple(some)) for profile, some in by_name.values()]
    accounts = run_crawls(home, jobs, options)
    if not as_json and all(account.error is None for account in accounts):
        _print_texts(home, list(dict.fromkeys(map(address_of, urls))))
    _report(accounts, as_json=as_json)


def _print_texts(home: Path, urls: list[str]) -> None:
    """Print what the latest captures of *urls* say; what is no article is named on stderr."""
    from archive.queries import latest_text

    if not urls or not (home / WARC).is_dir():
        return
    with reading(home) as archive, archive.database.reading() as connection:
        found = [(url, *latest_text(connection, url)) for url in urls]
    for url, outcome, reason, article in found:
        if outcome is not Outcome.ARTICLE:
            click.echo(f"{url}: no article: {what_it_is(outcome, reason)}", err=True)
        if article is not None:
            click.echo(f"{text_shown(article)}\n")


def _profile(home: Path, target: str) -> Profile:
    if "://" in target:
        return _profile_for_url(home, address_of(target))
    try:
        return find_profile(home, target)
    except UnknownPublisherError as error:
        if (url := completed(target)) is None:
            raise
        raise UnknownPublisherError(
            f"no publisher is called {target!r}; to archive the site, give its URL:"
            f" pressmark crawl {url}"
        ) from error


def _profile_for_url(home: Path, url: str) -> Profile:
    known = owner_of(url, read_profiles(home))
    if known is not None:
        return known
    made = make_profile(url)
    address = literal(urlsplit(url).hostname or "")
    # A server on this machine needs no pause between requests.
    return replace(made, delay_seconds=0.0) if address and address.is_loopback else made


def _report(accounts: list[Account], *, as_json: bool) -> None:
    console = stdout()
    for account in accounts:
        if as_json:
            print_json(account.as_dict())
        elif account.error is not None:
            click.echo(f"pressmark: {described(account.error)}", err=True)
        else:
            line = Text(account.sentence())
            line.stylize("bold", end=len(account.publisher))
            console.print(line)
    raise SystemExit(int(worst(account.exit for account in accounts)))
