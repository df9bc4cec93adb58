"""README and docs/ name commands, options, targets, settings and pages that exist, no others."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

import click
import pytest
import yaml

from archive.profile import Profile, read_profile
from archive.settings import Settings, read_settings
from crawler.cli.main import COMMANDS, main
from tests.support.documents import example

ROOT = Path(__file__).parents[1]
DOCUMENTS = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NO_COMMANDS = frozenset({"ini", "toml"})
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
ENDS_COMMAND = frozenset({"|", ">", ">>", "<", "&&", ";", "&"})


@dataclass(frozen=True, slots=True)
class Line:
    """A command line as a document shows it; *whole* where a reader would copy and run it."""

    document: str
    text: str
    whole: bool

    def __str__(self) -> str:
        return f"{self.document}: {self.text}"


def lines_of(document: Path) -> Iterator[Line]:
    text = document.read_text(encoding="utf-8")
    for language, block in FENCE.findall(text):
        if language in NO_COMMANDS:
            continue
        joined = block.replace("\\\n", " ")
        for line in joined.splitlines():
            shown = line.strip().removeprefix("$ ").removeprefix(".venv/bin/")
            yield Line(document.name, shown, whole=True)
    for code in INLINE.findall(FENCE.sub("", text)):
        yield Line(document.name, code.strip(), whole=False)


def words_of(line: Line) -> list[str]:
    """The words of the first command of *line*, without comment, pipe or redirection."""
    try:
        words = shlex.split(line.text, comments=True)
    except ValueError:  # an apostrophe of prose
        return []
    end = next((at for at, word in enumerate(words) if word in ENDS_COMMAND), len(words))
    return words[:end]


def lines_that_call(program: str) -> list[Line]:
    found = (line for document in DOCUMENTS for line in lines_of(document))
    return [line for line in found if words_of(line)[:1] == [program]]


def made_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (own,) = re.findall(r"^OWN := (.+)$", makefile, re.MULTILINE)
    return {*TARGET.findall(makefile), *(f"environment-{name}" for name in own.split())}


PRESSMARK, MAKE = lines_that_call("pressmark"), lines_that_call("make")


def parsed(command: click.Command, name: str, words: list[str], parent: click.Context | None):
    """The values and the rest that *words* give; ``click.UsageError`` for an unknown option."""
    context = click.Context(command, info_name=name, parent=parent)
    values, rest, _ = command.make_parser(context).parse_args(list(words))
    return context, values, rest


def call(words: list[str], *, whole: bool) -> None:
    """Hold *words* behind ``pressmark`` to what its commands take, without running any."""
    context, _, rest = parsed(main, "pressmark", words, None)
    if not rest:
        return
    name, *arguments = rest
    command = main.get_command(context, name)
    if command is None:
        raise click.UsageError(f"no command {name}")
    ellipses = {"…", "..."}
    _, values, rest = parsed(command, name, [a for a in arguments if a not in ellipses], context)
    if rest:
        raise click.UsageError(f"too many arguments: {rest}")
    given = {key for key, value in values.items() if isinstance(value, str | tuple) and value}
    lacking = [p.name for p in command.params if p.required and p.name not in given]
    if whole and lacking:
        raise click.UsageError(f"missing: {lacking}")


@pytest.mark.parametrize("line", PRESSMARK, ids=str)
def test_a_pressmark_command_of_the_documents_can_be_called(line):
    call(words_of(line)[1:], whole=line.whole)


@pytest.mark.parametrize(
    "text",
    [
        "no-such-command",
        "search x --no-such-option",
        "search x --limit",
        "search",
        "show one two",
        "import",
        "--no-such-option verify",
    ],
)
def test_a_command_that_could_not_be_called_would_be_noticed(text):
    with pytest.raises(click.UsageError):
        call(text.split(), whole=True)


@pytest.mark.parametrize("line", MAKE, ids=str)
def test_a_make_target_of_the_documents_is_in_the_makefile(line):
    targets = [word for word in words_of(line)[1:] if "=" not in word]

    assert targets
    assert set(targets) <= made_targets()


def test_every_command_is_shown_in_a_document():
    shown = {word for line in PRESSMARK for word in words_of(line)}

    assert set(COMMANDS) - shown == set()


def test_the_documents_show_commands_and_targets_at_all():
    assert len(PRESSMARK) > 10
    assert len(MAKE) > 3


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_link_to_a_file_of_the_repository_leads_to_one(document):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


def pages_of(entries: list[object]) -> Iterator[str]:
    for entry in entries:
        for value in entry.values() if isinstance(entry, dict) else [entry]:
            if isinstance(value, list):
                yield from pages_of(value)
            else:
                yield str(value)


def test_each_page_of_docs_is_in_the_navigation_of_the_site_once():
    navigation = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]

    pages = (page.relative_to(ROOT / "docs") for page in (ROOT / "docs").rglob("*.md"))

    assert sorted(pages_of(navigation)) == sorted(page.as_posix() for page in pages)


def test_the_readme_links_every_guide():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    guides = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")} - {"docs/index.md"}

    assert guides <= set(re.findall(r"\]\(([^)#]+)\)", readme))


def test_the_settings_of_the_documents_are_all_that_there_are_with_their_defaults(tmp_path: Path):
    text = example("settings.md", "toml", "HOME/archive.toml")
    (tmp_path / "archive.toml").write_text(text, encoding="utf-8")

    shown = replace(read_settings(tmp_path), contact=None, workers=Settings().workers)

    assert set(tomllib.loads(text)) == {field.name for field in fields(Settings)}
    assert shown == Settings()


def test_the_profile_of_the_documents_has_every_key_and_the_defaults(tmp_path: Path):
    text = example("settings.md", "toml", "HOME/publishers/example.toml")
    file = tmp_path / "example.toml"
    file.write_text(text, encoding="utf-8")

    shown = read_profile(file)

    assert set(tomllib.loads(text)) == {field.name for field in fields(Profile)} - {"name"}
    default = Profile(name="example", home=shown.home)
    for key in ("cookies", "amp", "max_depth", "delay_seconds", "concurrent_requests"):
        assert getattr(shown, key) == getattr(default, key)


def test_the_workflow_runs_targets_of_make_on_every_python_that_is_supported():
    workflow = yaml.safe_load(
        (ROOT / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8")
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    classified = "Programming Language :: Python :: 3."
    supported = [
        name.rpartition(" ")[2] for name in project["classifiers"] if name.startswith(classified)
    ]

    jobs = workflow["jobs"].values()

    ran = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    assert {f"make {name}" for name in ("lint", "test", "test-all", "docs", "release")} == set(ran)
    assert all(job["strategy"]["matrix"]["python"] == supported for job in jobs)
    assert project["requires-python"] == f">={supported[0]}"
    for text in ("README.md", "docs/install.md", "CONTRIBUTING.md"):
        assert supported[-1] in (ROOT / text).read_text(encoding="utf-8")
