"""Replay an archive's pages in a browser, with pywb.

pywb runs as a program of an environment of its own: it requires brotlipy, whose package ``brotli``
takes the place of Google's and would break every Brotli body of a crawl. It is bound to
127.0.0.1 (by default it binds every address of the machine) and knows nothing but the index and
the WARC files, so what was not captured is never fetched from the live web.
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
    """pywb did not start or ended by itself; what it wrote to stderr says why."""


def find_pywb(given: Path | None = None, prefix: Path = Path(sys.prefix)) -> Path:
    """Return pywb's program ``wayback``: the *given* one, or that of the environment for it.

    That environment is named as the one in *prefix*, with ``-pywb`` behind (``.venv-pywb`` beside
    ``.venv``). Raises ``NotFoundError``, saying how it is made, where there is none.
    """
    wayback = given or prefix.with_name(prefix.name + "-pywb") / "bin" / "wayback"
    if not (wayback.is_file() and os.access(wayback, os.X_OK)):
        raise NotFoundError(
            f"{wayback}: there is no pywb here; run `make replay`, which installs it in an"
            " environment of its own, or name its program with --pywb PATH"
        )
    return wayback.absolute()


def free_port(wanted: int) -> int:
    """Return *wanted* if it can be listened on, or some free port where it is 0.

    Raises ``ReplayError`` for a port that is taken.
    """
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, wanted))
        except OSError as error:
            raise ReplayError(
                f"{ADDRESS}:{wanted}: cannot be listened on ({error.strerror});"
                " choose another port with --port"
            ) from error
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_pywb(
    wayback: Path, index: Path, warc_files: Mapping[str, Path], port: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Start pywb on *port* and give its process once it answers; end it with the block.

    *index* is a sorted CDXJ file, *warc_files* says where the files lie that it names. pywb logs to
    stderr. Raises ``ReplayError`` where it does not start.
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
            process_group=0,  # a Ctrl-C is ours to pass on, when we are ready
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
    """Write to our stderr what pywb says, for its lines may hold what an archived page said."""
    assert process.stdout is not None, "it was asked for"
    with process.stdout as said:
        for line in said:
            sys.stderr.write(line.decode(errors="replace"))
            sys.stderr.flush()


def _configure(folder: Path, index: Path, warc_files: Mapping[str, Path]) -> None:
    """Write pywb's configuration into *folder*; a home's own name may hold what pywb expands."""
    (folder / "index.cdxj").symlink_to(index.absolute())
    lines = (f"{name}\t{path.absolute()}\n".encode() for name, path in warc_files.items())
    # pywb finds a file in here by bisection, and tells a list of files from a folder by looking.
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
