"""Write a file completely or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from archive.errors import StorageError


@contextmanager
def whole_file(output: Path) -> Iterator[IO[bytes]]:
    """Yield a file that replaces *output* at the end of the block, synced to disk.

    If the block fails, *output* stays as it was. The new file has a hidden name in the folder of
    *output*; if *output* is a link, in the folder of its target. What is not a regular file
    (``/dev/stdout``, a pipe) cannot be replaced and is written directly. Raises ``StorageError`` if
    writing fails.
    """
    try:
        if output.exists() and not output.is_file() and not output.is_dir():
            with output.open("wb") as file:
                yield file
            return
        output = output.resolve()
        descriptor, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
        unfinished = Path(name)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.chmod(0o644)
            unfinished.replace(output)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{output}: cannot be written: {error.strerror}") from error
