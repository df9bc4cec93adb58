"""The digest of source code: of what Python runs, and of nothing that only people read."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

from archive.source_digest import PACKAGE, code_of, digest_of

SOURCE = '''"""A module."""

WEIGHT = 3
"""How much a sign counts."""
WORDS = (
    "first",
    "second",  # the other
)
TEXT = "# no comment" + \'\'\'nor """this"""\'\'\'


def weigh(sign: str) -> int:
    """Return the weight of *sign*."""
    # Longer signs say more.
    return WEIGHT * len(sign)
'''


def digest(folder: Path, source: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "module.py").write_text(source)
    return digest_of(("*.py",), folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A module", "The module"),
        ("How much", "How far"),
        ("# the other", "# the second one"),
        ("  # the other", ""),
        ("Return the weight", "Returns the wieght"),
        ('    """Return the weight of *sign*."""\n', ""),
        ("    # Longer signs say more.\n", "\n\n"),
    ],
)
def test_what_only_people_read_does_not_change_it(tmp_path, old, new):
    assert old in SOURCE

    assert digest(tmp_path, SOURCE.replace(old, new)) == digest(tmp_path, SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("WEIGHT = 3", "WEIGHT = 4"),
        ('"second"', '"third"'),
        ("# no comment", "# no  comment"),
        ('nor """this"""', 'nor """that"""'),
        ("    return", "        return"),
    ],
)
def test_what_python_runs_changes_it(tmp_path, old, new):
    assert old in SOURCE

    assert digest(tmp_path, SOURCE.replace(old, new)) != digest(tmp_path, SOURCE)


def test_the_names_of_files_change_it(tmp_path):
    before = digest(tmp_path, SOURCE)

    (tmp_path / "module.py").rename(tmp_path / "another.py")

    assert digest_of(("*.py",), tmp_path) != before


def test_comments_of_data_files_do_not_change_it(tmp_path):
    (tmp_path / "en.toml").write_text('# English\nby = ["by"]\n')
    before = digest_of(("*.toml",), tmp_path)

    (tmp_path / "en.toml").write_text('# The English phrases\n\nby = ["by"]\n')
    commented = digest_of(("*.toml",), tmp_path)
    (tmp_path / "en.toml").write_text('# English\nby = ["by", "from"]\n')

    assert commented == before
    assert digest_of(("*.toml",), tmp_path) != before


def test_all_our_code_is_cut_as_python_itself_reads_it():
    sources = {file: file.read_text("utf-8") for file in PACKAGE.rglob("*.py")}

    cut = {file: code_of(source) for file, source in sources.items()}

    assert cut == {file: cut_by_python(source) for file, source in sources.items()}


def cut_by_python(source: str) -> str:
    """Return *source* without the comments and strings that Python's tokenizer and parser find."""
    lines = source.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    cuts = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(value := node.value, ast.Constant):
            if value.value is ...:
                continue  # the body of a signature
            assert isinstance(value.value, str)
            before = lines[value.lineno - 1].encode()[: value.col_offset].decode()
            within = lines[value.end_lineno - 1].encode()[: value.end_col_offset].decode()
            cuts.append(
                (starts[value.lineno - 1] + len(before), starts[value.end_lineno - 1] + len(within))
            )
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            (row, start), (_, end) = token.start, token.end
            cuts.append((starts[row - 1] + start, starts[row - 1] + end))
    for start, end in sorted(cuts, reverse=True):
        source = source[:start] + source[end:]
    return "\n".join(line for line in map(str.rstrip, source.split("\n")) if line)
