"""The nouns that travel: an exchange, where it was stored, and what was read out of it.

All are frozen values without behaviour that needs a database, a file or a network. Times are
aware UTC datetimes; ``bytes`` is what crossed the wire, ``str`` is text.
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
