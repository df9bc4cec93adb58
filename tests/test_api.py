"""docs/api names what is public; a program that uses nothing else is typed, and runs."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest

from crawler.demo.site import DemoSite
from tests.support.documents import example
from tests.support.homes import make_home
from tests.support.pages import STORY, story
from tests.support.scenarios import demo_reply, exchange

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "api").glob("*.md"))
NAMED = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)
IN_THE_DEMO = "/en/phone-sized-model-reads-rice-leaves/"
INTERNAL = frozenset({"Settings", "Profile"})
"""What a public object hands out, and a program passes on without looking into it."""


def modules_of(module: ModuleType) -> Iterator[ModuleType]:
    """Yield *module* and the modules in it, unless the package itself lists its public names."""
    yield module
    if hasattr(module, "__all__"):
        return
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        yield importlib.import_module(f"{module.__name__}.{found.name}")


def defined_in(module: ModuleType) -> Iterator[tuple[str, Any]]:
    if hasattr(module, "__all__"):
        yield from ((f"{module.__name__}.{name}", vars(module)[name]) for name in module.__all__)
        return
    for name, value in vars(module).items():
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__:
            yield f"{module.__name__}.{name}", value


def named(identifier: str) -> Iterator[tuple[str, Any]]:
    """Yield what a page shows for *identifier*: the object, or all public objects of a module."""
    try:
        module = importlib.import_module(identifier)
    except ModuleNotFoundError:
        home, _, name = identifier.rpartition(".")
        yield identifier, getattr(importlib.import_module(home), name)
        return
    for each in modules_of(module):
        yield from defined_in(each)


PUBLIC = {
    name: value
    for page in PAGES
    for identifier in NAMED.findall(page.read_text(encoding="utf-8"))
    for name, value in named(identifier)
}


def mentioned(hint: object) -> Iterator[type]:
    """Yield the classes of Pressmark in the annotation *hint*."""
    if isinstance(hint, type) and hint.__module__.startswith("archive."):
        yield hint
    for part in get_args(hint):
        for each in part if isinstance(part, list) else [part]:
            yield from mentioned(each)


def hints(value: Any) -> dict[str, object]:
    """Return the annotations of a function, or of the fields of a dataclass."""
    is_plain = inspect.isfunction(value) or dataclasses.is_dataclass(value)
    return get_type_hints(inspect.unwrap(value)) if is_plain else {}


def test_the_pages_name_the_doors_of_the_library():
    assert "archive.library.open_archive" in PUBLIC
    assert "archive.extract.article.extract_page" in PUBLIC
    assert "archive.queries.search_articles" in PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_public_function_or_class_says_what_it_is_for(name: str):
    value = PUBLIC[name]

    if inspect.isfunction(value) or inspect.isclass(value):
        assert value.__doc__
        assert not value.__doc__.startswith(f"{value.__name__}(")  # what dataclass writes


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_public_name_hands_out_public_classes_only(name: str):
    public = {value for value in PUBLIC.values() if isinstance(value, type)}

    hidden = {each for hint in hints(PUBLIC[name]).values() for each in mentioned(hint)} - public

    assert {each.__name__ for each in hidden} <= INTERNAL


def program() -> str:
    return example("api/index.md", "python", "open_archive")


def test_the_program_uses_public_names_only():
    imported = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse(program()))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("archive")
        for alias in node.names
    }

    assert imported
    assert imported <= set(PUBLIC)


@pytest.mark.timeout(300)  # mypy has no cache in a fresh clone
def test_the_program_passes_mypy_strict(tmp_path: Path):
    file = tmp_path / "program.py"
    file.write_text(program(), encoding="utf-8")

    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml"]
    done = subprocess.run([*command, file], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout == "Success: no issues found in 1 source file\n"


def test_the_program_prints_the_articles_of_an_archive_and_that_of_a_page(tmp_path: Path):
    file, page = tmp_path / "program.py", tmp_path / "page.html"
    file.write_text(program(), encoding="utf-8")
    page.write_text(story(), encoding="utf-8")
    home = make_home(
        tmp_path / "home", [exchange(IN_THE_DEMO, 0, demo_reply(IN_THE_DEMO, DemoSite()))]
    )

    command = [sys.executable, file, home, "rice leaves", page, STORY]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    found, of_the_page = done.stdout.splitlines()
    assert "A phone-sized model learns to read rice leaves" in found
    assert of_the_page == "The bridge over the river opens"
