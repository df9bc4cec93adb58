"""Before pywb runs: where it is looked for, and on which port."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from archive.errors import NotFoundError
from archive.maintenance.replay import ReplayError, find_pywb, free_port


def program(path: Path) -> Path:
    """Make an executable file at *path*."""
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_pywb_is_looked_for_in_the_environment_beside_pressmarks_own(tmp_path: Path):
    wayback = program(tmp_path / ".venv-pywb" / "bin" / "wayback")

    assert find_pywb(prefix=tmp_path / ".venv") == wayback


def test_a_program_that_is_named_wins(tmp_path: Path):
    program(tmp_path / ".venv-pywb" / "bin" / "wayback")
    named = program(tmp_path / "elsewhere" / "wayback")

    assert find_pywb(named, prefix=tmp_path / ".venv") == named


def test_without_pywb_one_line_says_how_to_get_it(tmp_path: Path):
    with pytest.raises(NotFoundError, match=r"run `make replay`.*or.*--pywb PATH") as raised:
        find_pywb(prefix=tmp_path / ".venv")

    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_run_is_no_pywb(tmp_path: Path):
    file = program(tmp_path / "bin" / "wayback")
    file.chmod(0o644)

    with pytest.raises(NotFoundError, match="there is no pywb here"):
        find_pywb(file)


def test_port_0_is_some_free_port():
    assert 0 < free_port(0) < 65536


def test_a_port_that_is_taken_is_refused_by_name():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(ReplayError, match=rf"127\.0\.0\.1:{port}: cannot be used"):
            free_port(port)
