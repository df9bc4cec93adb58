"""The pictures that stories show: PNG files in ``uploads``."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crawler.demo.publisher import DEMO_FOLDER

UPLOADS = DEMO_FOLDER / "uploads"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in ``uploads``; *file* is its path there, *width* and *height* are in pixels."""

    file: str
    alt: str
    width: int
    height: int
    caption: str = ""


def read_image(file: str, alt: str, caption: str = "", *, uploads: Path = UPLOADS) -> Image:
    """Return the PNG picture *file* with the size that its header states (PNG 11.2.2, IHDR).

    Raises ``FileNotFoundError`` if there is no such picture, ``ValueError`` if it is not PNG.
    """
    return Image(file, alt, *_size(uploads / file), caption)


@lru_cache(maxsize=64)
def _size(file: Path) -> tuple[int, int]:
    with file.open("rb") as stream:
        head = stream.read(24)
    if head[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError(f"{file.name} is no PNG picture")
    width, height = struct.unpack(">II", head[16:24])
    return width, height
