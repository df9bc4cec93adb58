"""An environment for each tool whose packages do not fit beside ours."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

FOLDER = Path(
    os.environ.get("PRESSMARK_BENCH_TOOLS", Path(tempfile.gettempdir()) / "pressmark-bench-tools")
)
"""The environments are kept here from one run to the next."""
PACKAGES = {
    # It holds Scrapy at 2.11, which needs functions that later releases of these have lost.
    "scrapy-webarchive": ("scrapy-webarchive==0.5.3", "w3lib<2.3", "twisted<24.11"),
    "news-please": ("news-please==1.6.16",),
}
_UV = Path(sys.executable).with_name("uv")
_SECONDS = 600


class NotInstallableError(Exception):
    """The packages of a tool cannot be installed here; the message says why."""


@cache
def interpreter(tool: str) -> Path:
    """Return the Python that has *tool*, which is installed first if it is not there yet.

    Raises ``NotInstallableError`` with the reason.
    """
    folder = FOLDER / tool
    python, done = folder / "bin" / "python", folder / "installed"
    if not done.exists():
        _run(_UV, "venv", "--quiet", "--clear", "--python", sys.executable, folder)
        _run(_UV, "pip", "install", "--quiet", "--python", python, *PACKAGES[tool])
        done.touch()
    return python


def _run(*command: object) -> None:
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstallableError(f"it cannot be installed: {error}") from error
    if done.returncode:
        reason = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise NotInstallableError(f"it cannot be installed: {reason[-1].strip()}")
