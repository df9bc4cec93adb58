"""The console script ``pressmark``: a table of commands, each imported when it runs."""

from __future__ import annotations

from pathlib import Path

import click

from archive.cli.lazy import LazyGroup
from archive.settings import HOME_VARIABLE, default_home

COMMANDS = {
    "demo": (
        "crawler.cli.demo:demo_command",
        "Archive the publisher that ships with Pressmark, as a tour.",
    ),
    "crawl": (
        "crawler.cli.crawl:crawl_command",
        "Archive a publisher: discover its pages and fetch them.",
    ),
    "fetch": ("crawler.cli.crawl:fetch_command", "Archive exactly these pages, without discovery."),
    "search": ("archive.cli.commands.articles:search_command", "Search the archived articles."),
    "show": ("archive.cli.commands.articles:show_command", "Show one article."),
    "history": (
        "archive.cli.commands.history:history_command",
        "Show the versions of one article.",
    ),
    "diff": ("archive.cli.commands.diff:diff_command", "Show what changed between two versions."),
    "status": (
        "archive.cli.commands.status:status_command",
        "Show how the archive stands, and what is due.",
    ),
    "translations": (
        "archive.cli.commands.learned:translations_command",
        "Show which articles are translations of each other.",
    ),
    "boilerplate": (
        "archive.cli.commands.learned:boilerplate_command",
        "Show what a publisher repeats around its articles.",
    ),
    "template": (
        "archive.cli.commands.template:template_command",
        "Show where a publisher's pages have their text.",
    ),
    "publishers": (
        "archive.cli.commands.articles:publishers_command",
        "List the publishers that can be crawled.",
    ),
    "extract": (
        "archive.cli.commands.extract:extract_command",
        "Extract the article from an HTML file, or from what is archived of a URL.",
    ),
    "verify": (
        "archive.cli.commands.upkeep:verify_command",
        "Check every record, and every row's way to it.",
    ),
    "import": (
        "archive.cli.commands.import_warc:import_command",
        "Take in WARC files made elsewhere.",
    ),
    "index": (
        "archive.cli.commands.replay:index_command",
        "Index the WARC files, for replay and other tools.",
    ),
    "export": (
        "archive.cli.commands.export:export_command",
        "Write the articles as a table, or the archive as WACZ.",
    ),
    "replay": (
        "archive.cli.commands.replay:replay_command",
        "See the archived pages in your browser.",
    ),
    "reprocess": (
        "archive.cli.commands.reprocess:reprocess_command",
        "Extract the archived captures again, with a better extractor.",
    ),
    "upgrade": (
        "archive.cli.commands.upkeep:upgrade_command",
        "Bring the database of an older Pressmark up to date.",
    ),
    "rebuild": (
        "archive.cli.commands.upkeep:rebuild_command",
        "Make the database anew from the WARC files.",
    ),
}


@click.group(cls=LazyGroup, commands_at=COMMANDS)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"The archive's folder; {HOME_VARIABLE} or ./data where it is not given.",
)
@click.version_option(package_name="pressmark", prog_name="pressmark")
@click.pass_context
def main(context: click.Context, home: Path | None) -> None:
    """Archive a news publisher: crawl it, keep what its server sent, query clean articles."""
    context.obj = home or default_home()
