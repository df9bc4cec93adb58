"""``extract``: read an article out of a file, without an archive."""

from __future__ import annotations

from pathlib import Path

import click

from archive.cli.output import print_json
from archive.model import Extraction


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", required=True, help="Where the page comes from; relative links need it.")
@click.option("--content-type", help="The page's Content-Type header, if it is known.")
@click.option("--json", "as_json", is_flag=True, help="Fields, text and blocks as JSON.")
def extract(file: Path, url: str, content_type: str | None, *, as_json: bool) -> None:
    """Extract the article from FILE, an HTML page. Exits 1 where it holds none."""
    from archive.extract.article import extract_page  # trafilatura, that --help can do without

    try:
        found = extract_page(file.read_bytes(), url, content_type)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--url") from error
    if as_json:
        print_json(_fields(found))
    elif found.article is not None:
        click.echo(f"{found.article.headline}\n\n{found.article.text}")
    if found.article is None:
        click.echo(f"no article: {found.outcome} ({found.reason or 'no reason'})", err=True)
        raise SystemExit(1)


def _fields(found: Extraction) -> dict[str, object]:
    fields: dict[str, object] = {
        "outcome": found.outcome,
        "reason": found.reason,
        "evidence": found.evidence,
        "flags": found.flags,
    }
    article = found.article
    if article is not None:
        names = [name for name in article.__dataclass_fields__ if name != "blocks"]
        fields.update({name: getattr(article, name) for name in names})
        fields["text"] = article.text
        fields["blocks"] = [
            {"kind": block.kind, "level": block.level, "text": block.text}
            for block in article.blocks
        ]
    return fields
