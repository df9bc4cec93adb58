"""The values that packages exchange: exchanges, captures, extractions, articles.

All are frozen and need no database, file or network. Times are aware UTC datetimes. ``bytes`` is
what was sent over the network, ``str`` is text.
"""

from archive.model.capture import Capture, Payload, RecordType
from archive.model.exchange import Buffer, Exchange, Original, Provenance, Truncation, Via
from archive.model.extraction import (
    DOUBTFUL,
    LOW_CONFIDENCE,
    Alternate,
    Article,
    Block,
    BlockKind,
    Candidate,
    Edge,
    EdgeKind,
    Extraction,
    Flag,
    Kind,
    Outcome,
    text_of,
)
from archive.model.history import (
    Absence,
    Address,
    Answer,
    ChangeKind,
    Component,
    History,
    Link,
    Reading,
    Removal,
    Role,
    Sighting,
    TranslationLink,
    Version,
)
from archive.model.storable import clean, storable

__all__ = [
    "DOUBTFUL",
    "LOW_CONFIDENCE",
    "Absence",
    "Address",
    "Alternate",
    "Answer",
    "Article",
    "Block",
    "BlockKind",
    "Buffer",
    "Candidate",
    "Capture",
    "ChangeKind",
    "Component",
    "Edge",
    "EdgeKind",
    "Exchange",
    "Extraction",
    "Flag",
    "History",
    "Kind",
    "Link",
    "Original",
    "Outcome",
    "Payload",
    "Provenance",
    "Reading",
    "RecordType",
    "Removal",
    "Role",
    "Sighting",
    "TranslationLink",
    "Truncation",
    "Version",
    "Via",
    "clean",
    "storable",
    "text_of",
]
