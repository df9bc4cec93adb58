"""``extract``: read an article out of a file, out of stdin or out of a capture in the archive.

It also makes and checks the test cases by which a bad extraction is reported.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.output import in_one_form, markdown_option, print_json
from archive.cli.reading import reading
from archive.cli.stories import address_of, text_shown, what_it_is
from archive.errors import NotFoundError
from archive.model import Extraction, Outcome, Payload
from archive.model.template import ALONE, Template

if TYPE_CHECKING:
    from archive.model import Capture

_STDIN = "-"

_folder = partial(click.option, type=click.Path(path_type=Path), metavar="DIR")


@click.command()
@click.argument("page", required=False, metavar="[FILE|-|URL]")
@click.option("--url", help="Where a file's page comes from; relative links need it.")
@click.option("--content-type", help="A file's Content-Type header, if it is known.")
@click.option(
    "--captured-at",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]),
    help="When the page was fetched (UTC): later dates on it are not believed."
    " Of a URL's captures, the latest until then is read.",
)
@click.option("--json", "as_json", is_flag=True, help="Fields, text and blocks as JSON.")
@markdown_option
@click.option(
    "--save-case",
    metavar="NAME|DIR",
    help="Make a test case of it: a folder with the page and what came out, to be corrected.",
)
@_folder("--check-case", help="Compare a test case with today's result; exits 1 if they differ.")
@_folder("--update-case", help="Let a test case expect what comes out today.")
@click.pass_obj
def extract_command(
    home: Path,
    page: str | None,
    url: str | None,
    content_type: str | None,
    captured_at: datetime | None,
    *,
    as_json: bool,
    as_markdown: bool,
    save_case: str | None,
    check_case: Path | None,
    update_case: Path | None,
) -> None:
    """Extract the text of FILE, an HTML page; of stdin; or of what is archived of URL.

    A line on stderr says whether it is an article. Exits 1 where there is no text.
    """
    in_one_form(as_json=as_json, as_markdown=as_markdown)
    if check_case or update_case:
        if page is not None or save_case:
            raise click.UsageError("A case has its page in its folder: name no other.")
        _update(update_case) if update_case else _check(check_case)
        return
    if page is None:
        raise click.UsageError("Missing argument '[FILE|-|URL]'.")
    if captured_at is not None and captured_at.tzinfo is None:
        captured_at = captured_at.replace(tzinfo=UTC)
    if save_case is None:
        payload, template = _payload(home, page, url, content_type, captured_at)
        _print(payload, template, as_json=as_json, as_markdown=as_markdown)
    else:
        # A case names a time of capture: a file that is saved now was fetched by now.
        now = datetime.now(UTC).replace(microsecond=0)
        at = captured_at if _is_url(page) else captured_at or now
        _save(save_case, _payload(home, page, url, content_type, at)[0])


def _is_url(page: str) -> bool:
    return page.lower().startswith(("http://", "https://"))


def _payload(
    home: Path, page: str, url: str | None, content_type: str | None, at: datetime | None
) -> tuple[Payload, Template]:
    """Return what is to be read, and with which template.

    *at* is when a file was captured, for a URL the latest time.
    """
    if not _is_url(page):
        return _given(page, url, content_type, at), ALONE
    if url is not None or content_type is not None:
        raise click.UsageError("--url and --content-type are for files: a capture knows its own.")
    return _archived(home, page, at)


def _print(payload: Payload, template: Template, *, as_json: bool, as_markdown: bool) -> None:
    """Print what *payload* says; exit 1 when there is no text in it."""
    from archive.extract.payload import extract  # trafilatura, that --help can do without

    found = extract(payload, template)
    if as_json:
        print_json(_fields(found))
    elif found.article is not None:
        click.echo(text_shown(found.article, as_markdown=as_markdown))
        why = "".join(f"; {reason}" for reason in found.confidence_reasons)
        click.echo(f"confidence {found.confidence}{why}", err=True)
    if found.outcome is not Outcome.ARTICLE:
        click.echo(f"no article: {what_it_is(found.outcome, found.reason)}", err=True)
    if found.article is None:
        raise SystemExit(1)


def _given(
    page: str, url: str | None, content_type: str | None, captured_at: datetime | None
) -> Payload:
    from archive.extract.article import page_payload

    if url is None:
        raise click.UsageError("Missing option '--url': where the page comes from.")
    try:
        return page_payload(_bytes_of(page), url, content_type, captured_at)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--url") from error


def _bytes_of(page: str) -> bytes:
    if page == _STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(page).read_bytes()
    except FileNotFoundError:
        problem = f"File {page!r} does not exist; a URL of the archive begins with http."
        raise click.BadParameter(problem, param_hint="FILE") from None
    except OSError as error:
        problem = f"File {page!r} cannot be read: {error.strerror}."
        raise click.BadParameter(problem, param_hint="FILE") from None


def _archived(home: Path, url: str, until: datetime | None) -> tuple[Payload, Template]:
    """Return the latest reply for *url* in the archive, that of *until* or before if it is given.

    The template is that of its publisher.

    Raises ``NotFoundError`` where there is none.
    """
    from archive.sql.captures.lookups import latest_reply
    from archive.sql.captures.templates import template_of_record

    address = address_of(url)
    with reading(home) as archive:
        with archive.database.reading() as connection:
            found: Capture | None = latest_reply(connection, address, until)
            record_id = found.warc_record_id if found else ""
            template = template_of_record(connection, record_id)
        if found is None:
            before = f" of {until:%Y-%m-%d %H:%M:%S} UTC or before" if until else ""
            raise NotFoundError(
                f"{home}: holds no reply for {address}{before};"
                " for a page in a file, name the file and --url"
            )
        return archive.store.payload(found.warc_file, found.warc_offset), template


def _save(name: str, payload: Payload) -> None:
    """Make a case: in the folder of a checkout where *name* is no path, else where it says."""
    from archive.extract.testcases import BLOCKS, CASES_FOLDER, FACTS, write_case

    folder = (
        CASES_FOLDER / name if CASES_FOLDER.is_dir() and Path(name).name == name else Path(name)
    )
    found = write_case(folder, payload)
    blocks = f" and {BLOCKS}" if found.article else ""
    click.echo(str(folder))
    click.echo(
        f"Correct by hand in {FACTS}{blocks} what is wrong, and delete what you do not care for;\n"
        f"`pressmark extract --check-case {folder}` then shows what differs.\n"
        "The folder is a whole bug report: send it as it is, with the page.",
        err=True,
    )


def _check(folder: Path | None) -> None:
    from archive.extract.testcases import case_advice, differences, read_case

    assert folder is not None, "who calls has looked"
    found = differences(read_case(folder))
    for line in found:
        click.echo(line)
    if found:
        click.echo(f"{folder}: {case_advice(folder)}", err=True)
        raise SystemExit(1)
    click.echo(f"{folder}: as expected", err=True)


def _update(folder: Path) -> None:
    from archive.extract.testcases import update_case

    was = update_case(folder)
    click.echo(f"{folder}: {'expects now what came out' if was else 'as expected'}", err=True)


def _fields(found: Extraction) -> dict[str, object]:
    fields: dict[str, object] = {
        "outcome": found.outcome,
        "reason": found.reason,
        "evidence": found.evidence,
        "flags": found.flags,
        "confidence": found.confidence,
        "confidence_reasons": found.confidence_reasons,
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
