"""``demo``: crawl the publisher that ships with Pressmark and show what an archive of it holds.

What needs Scrapy is imported when the command runs, so that its ``--help`` is there at once.
"""

from __future__ import annotations

import threading
from pathlib import Path

import click

from archive.cli.output import print_json, stdout
from archive.profile import find_profile
from crawler.demo.publisher import DEMO_HOST


@click.command()
@click.option("--serve", is_flag=True, help="Only serve the publisher, for a browser.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to serve on.")
@click.option("--json", "as_json", is_flag=True, help="The crawl's account as JSON.")
@click.pass_obj
def demo(home: Path, *, serve: bool, port: int, as_json: bool) -> None:
    """Archive a small publisher of our own, served on this machine, and look at the result."""
    if serve:
        _serve(port)
        return
    from archive.library import open_archive
    from crawler.cli.tour import report
    from crawler.demo.server import DemoServer
    from crawler.process import Job, run_crawls

    with DemoServer(port=port) as server:
        options = {"connect_to": [f"{DEMO_HOST}:80:127.0.0.1:{server.port}"]}
        account = run_crawls(home, [Job(find_profile(home, "demo"))], options)[0]
    if as_json:
        print_json(account.as_dict())
    elif account.error is not None:
        raise account.error
    else:
        with open_archive(home) as archive:
            report(stdout(), archive, account)
    raise SystemExit(int(account.exit))


def _serve(port: int) -> None:
    from crawler.demo.server import DemoServer

    with DemoServer(port=port) as server:
        click.echo(f"{server.url} is the demo publisher; Ctrl-C ends it")
        click.echo(
            f"pressmark crawl demo --connect-to {DEMO_HOST}:80:127.0.0.1:{server.port}", err=True
        )
        threading.Event().wait()
