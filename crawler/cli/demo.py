"""The command ``demo``: follow the demo publisher over five weeks, and show the archive.

Modules that need Scrapy are imported when the command runs, so ``--help`` is fast.
"""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.output import print_json, stdout
from archive.profile import find_profile
from crawler.demo.publisher import DEMO_HOST, read_publisher

if TYPE_CHECKING:
    from crawler.cli.tour.plan import Visit
    from crawler.process import Account


@click.command()
@click.option("--serve", is_flag=True, help="Only serve the publisher, for a browser.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to serve on.")
@click.option("--json", "as_json", is_flag=True, help="Visits and exactness as one JSON object.")
@click.pass_obj
def demo_command(home: Path, *, serve: bool, port: int, as_json: bool) -> None:
    """Archive a small publisher that is served on this machine, and show the result.

    The publisher is visited three times. Between the visits its clock is moved: stories are edited,
    moved, deleted and restored. At the end the archive is compared with what the publisher really
    said. If the archive already has these visits, nothing is crawled again.
    """
    if serve:
        _serve(port)
        return
    from archive.library import open_archive
    from crawler.cli.tour.plan import plan
    from crawler.cli.tour.report import report, summary
    from crawler.exits import Exit, worst

    publisher = read_publisher()
    planned = plan(home, publisher)
    if not planned.left:
        click.echo(
            f"{home}: already has the visits of the tour, so nothing is crawled again;"
            " remove the folder to begin again",
            err=True,
        )
    made = _make(home, planned.left, port) if planned.left else {}
    visits = {**dict.fromkeys(planned.made), **made}
    ended = worst(account.exit for account in made.values())
    error = next((account.error for account in made.values() if account.error), None)
    if error is not None:
        raise error
    if ended is Exit.INTERRUPTED:
        click.echo("interrupted; everything is kept, and the same command continues", err=True)
        raise SystemExit(int(ended))
    with open_archive(home) as archive:
        if as_json:
            print_json(summary(archive, visits, publisher))
        else:
            report(stdout(), archive, visits, publisher)
    raise SystemExit(int(ended))


def _make(home: Path, left: tuple[Visit, ...], port: int) -> dict[int, Account]:
    """Make the visits that are *left*; return their accounts by day."""
    from crawler.demo.server import DemoServer
    from crawler.process import CrawlJob, run_crawls

    profile = find_profile(home, "demo")
    with DemoServer(port=port) as server:
        options = {"connect_to": [f"{DEMO_HOST}:80:127.0.0.1:{server.port}"]}
        jobs = [
            CrawlJob(profile, clock=visit.at, before=partial(server.set_day, visit.day))
            for visit in left
        ]
        accounts = run_crawls(home, jobs, options)
    return {visit.day: account for visit, account in zip(left, accounts, strict=False)}


def _serve(port: int) -> None:
    from crawler.demo.server import DemoServer

    with DemoServer(port=port) as server:
        click.echo(f"{server.url} is the demo publisher; Ctrl-C ends it")
        click.echo(
            f"pressmark crawl demo --connect-to {DEMO_HOST}:80:127.0.0.1:{server.port}", err=True
        )
        threading.Event().wait()
