"""Folders, files and functions stay small enough to be read at a glance."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("archive", "crawler")
MOST_MODULES = 15
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60


def modules() -> Iterator[Path]:
    """The modules of both packages; migrations, which tell what was, apart."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def functions_of(source: str) -> Iterator[tuple[str, int]]:
    """The name and the number of lines of each function, decorators and nested ones included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            begin = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - begin + 1


def test_no_folder_has_more_than_15_modules_side_by_side():
    counts = Counter(named(file.parent) for file in modules() if file.name != "__init__.py")

    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_no_file_has_more_than_400_lines():
    lines = {named(file): len(file.read_text(encoding="utf-8").splitlines()) for file in modules()}

    assert {file: count for file, count in lines.items() if count > MOST_LINES_OF_A_FILE} == {}


def test_no_function_has_more_than_60_lines():
    long = {
        f"{named(file)}: {name}": count
        for file in modules()
        for name, count in functions_of(file.read_text(encoding="utf-8"))
        if count > MOST_LINES_OF_A_FUNCTION
    }

    assert long == {}


def test_a_function_is_counted_with_its_decorators():
    source = "@one\n@two\ndef outer():\n    def inner():\n        pass\n"

    assert dict(functions_of(source)) == {"outer": 5, "inner": 2}
