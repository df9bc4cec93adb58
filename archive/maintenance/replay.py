"""Replay an archive's pages in a browser, with pywb.

pywb has an environment of its own, because it requires brotlipy. The package ``brotli`` of brotlipy
would replace Google's package of the same name and break every Brotli body of a crawl. pywb listens
on 127.0.0.1 (its default is every address of the machine) and only gets the index and the WARC
files, so it never fetches anything from the live web.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.child_process import end_with_parent
from archive.errors import ArchiveError, NotFoundError

ADDRESS = "127.0.0.1"
COLLECTION = "archive"
"""The name of the collection, and so the first part of the path of every replayed page."""
START_SECONDS = 60.0
STOP_SECONDS = 10.0


class ReplayError(ArchiveError):
    """pywb did not start, or ended by itself; its output on stderr says why."""


def find_pywb(given: Path | None = None, prefix: Path = Path(sys.prefix)) -> Path:
    """Return pywb's program ``wayback``: the *given* one, or that of pywb's environment.

    The environment has the name of *prefix* with ``-pywb`` added (``.venv-pywb`` next to
    ``.venv``). Raises ``NotFoundError``, which says how to create it, if there is none.
    """
    wayback = given or prefix.with_name(prefix.name + "-pywb") / "bin" / "wayback"
    if not (wayback.is_file() and os.access(wayback, os.X_OK)):
        raise NotFoundError(
            f"{wayback}: there is no pywb here; run `make replay`, which installs it in an"
            " environment of its own, or name its program with --pywb PATH"
        )
    return wayback.absolute()


def free_port(wanted: int) -> int:
    """Return *wanted* if it is free, or any free port if it is 0.

    Raises ``ReplayError`` if the port is in use.
    """
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, wanted))
        except OSError as error:
            raise ReplayError(
                f"{ADDRESS}:{wanted}: cannot be used ({error.strerror});"
                " choose another port with --port"
            ) from error
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_pywb(
    wayback: Path, index: Path, warc_files: Mapping[str, Path], port: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Start pywb on *port*, yield its process when it answers, and end it after the block.

    *index* is a sorted CDXJ file, *warc_files* has the places of the files that it names. pywb logs
    to stderr. Raises ``ReplayError`` if it does not start.
    """
    with TemporaryDirectory(prefix="pressmark-replay-") as folder:
        _configure(Path(folder), index, warc_files)
        process = subprocess.Popen(
            [str(wayback), "--bind", ADDRESS, "--port", str(port), "--directory", folder],
            cwd=folder,
            env={name: text for name, text in os.environ.items() if not name.startswith("PYTHON")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,  # so that Ctrl-C reaches only this process, which then ends pywb
            # There are no threads here.
            preexec_fn=partial(end_with_parent, os.getpid(), signal.SIGTERM),  # noqa: PLW1509
        )
        passing_on = threading.Thread(target=_pass_on, args=(process,), daemon=True)
        passing_on.start()
        try:
            _wait_until_it_answers(process, port)
            yield process
        finally:
            _end(process)
            passing_on.join(STOP_SECONDS)


def _pass_on(process: subprocess.Popen[bytes]) -> None:
    """Copy pywb's output to our stderr, which masks it: it may contain text of archived pages."""
    assert process.stdout is not None, "it was asked for"
    with process.stdout as said:
        for line in said:
            sys.stderr.write(line.decode(errors="replace"))
            sys.stderr.flush()


def _configure(folder: Path, index: Path, warc_files: Mapping[str, Path]) -> None:
    """Write pywb's configuration into *folder*; links avoid paths that pywb would expand."""
    (folder / "index.cdxj").symlink_to(index.absolute())
    lines = (f"{name}\t{path.absolute()}\n".encode() for name, path in warc_files.items())
    # pywb finds a file in this list by bisection, so it must be sorted.
    (folder / "files.tsv").write_bytes(b"".join(sorted(lines)))
    collection = {
        "index_paths": str(folder / "index.cdxj"),
        "archive_paths": str(folder / "files.tsv"),
    }
    # JSON is YAML.
    (folder / "config.yaml").write_text(json.dumps({"collections": {COLLECTION: collection}}))


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if process.poll() is not None:
            raise ReplayError(f"pywb did not start (exit {process.returncode}); see above for why")
        try:
            socket.create_connection((ADDRESS, port), timeout=1).close()
        except OSError as error:
            if time.monotonic() > deadline:
                raise ReplayError(f"pywb did not answer within {START_SECONDS:g} s") from error
            time.sleep(0.05)
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
