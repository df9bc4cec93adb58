"""Check that a hidden capture keeps its row in ``capture`` and has no other rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.view import View

IsHidden = Callable[[str], bool]


def assert_hidden(view: View, is_hidden: IsHidden) -> None:
    """Fail with the other rows of a hidden capture, and with rows that make it an address."""
    rows = {table: [dict(row) for row in found] for table, found in view.items()}
    # A row refers to a capture by its record id, alone in a tuple.
    hidden = {(row["warc_record_id"],) for row in rows["capture"] if is_hidden(row["url"])}
    assert hidden, "nothing is hidden, so that this would show nothing"
    told: list[tuple[str, dict[str, Any]]] = []
    for table in ("extraction", "edge", "alternate"):
        told += [(table, row) for row in rows[table] if row["capture_id"] in hidden]
    named = rows["naming"]
    told += [("naming", row) for row in named if {row["first_id"], row["last_id"]} & hidden]
    told += [("address", row) for row in rows["address"] if is_hidden(row["url"])]
    told += [("article", row) for row in rows["article"] if is_hidden(row["canonical_url"])]
    told += [
        ("article", row)
        for row in rows["article"]
        if row["translation_group"] is not None and is_hidden(row["translation_group"])
    ]
    assert not told, f"hidden captures have rows: {told[:5]}"


def shown_captures(view: View) -> int:
    """How many captures have an extraction."""
    return len(view["extraction"])
