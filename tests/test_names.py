"""One public name means one thing, wherever in the code it is read."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("archive", "crawler")
MOST_ALLOWED = 10
SEVERAL = {
    "logger": "each module that logs has a logger of its own name, as logging's documentation asks",
}
"""The names that several modules may define, each with its reason."""


def names_of(tree: ast.Module) -> Iterator[str]:
    """The functions, classes and constants that a module defines; no TypeVar, nothing private."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar"))):
                continue
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def public_names() -> dict[str, set[str]]:
    """The modules that define each public name; migrations, which are only run, apart."""
    found = defaultdict(set)
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            module = file.relative_to(ROOT)
            if "migrations" in module.parts:
                continue
            for name in names_of(ast.parse(file.read_text(encoding="utf-8"))):
                if not name.startswith("_"):
                    found[name].add(str(module))
    return found


def test_no_other_public_name_is_defined_in_several_modules():
    several = {name: sorted(files) for name, files in public_names().items() if len(files) > 1}

    assert {name: files for name, files in several.items() if name not in SEVERAL} == {}


def test_each_name_on_the_list_is_still_defined_in_several_modules():
    names = public_names()

    assert [name for name in SEVERAL if len(names[name]) < 2] == []


def test_the_list_stays_short_and_gives_its_reasons():
    assert len(SEVERAL) <= MOST_ALLOWED
    assert all(SEVERAL.values())


def test_functions_classes_and_constants_are_names_and_type_variables_are_not():
    source = "T = TypeVar('T')\nA = B = 1\nC: int = 2\ndef f(): ...\nclass _D: ..."

    assert list(names_of(ast.parse(source))) == ["A", "B", "C", "f", "_D"]
