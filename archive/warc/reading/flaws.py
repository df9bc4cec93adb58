"""What may be wrong with a record of other software although it can be read.

The sentences are constant, so that the records of a file can be counted by them.
"""

from __future__ import annotations

ENDING = "the record does not end in two empty lines"
LONGER = "the block is longer than the header counts"
SHORTER = "the block is shorter than the header counts"
UNCOUNTED = "the header does not count the bytes of the block"
NO_TYPE = "the header has no WARC-Type; it is taken from the block"
NO_CONTENT_TYPE = "the header does not say that the block is an HTTP message"
NO_ID = "the header has no WARC-Record-ID; one is computed"
AMBIGUOUS_ID = "another record has the same WARC-Record-ID; one is computed"
NO_DATE = "the header has no WARC-Date that can be read; the nearest one known is taken"
DATE_FORM = "the WARC-Date is not in the form of the standard"
BLOCK_DIGEST = "the block digest does not match the block"
PAYLOAD_DIGEST = "the payload digest does not match the payload"
UNREADABLE_DIGEST = "a digest in the header cannot be read"
BARE_BODY = (
    "the body lacks the chunks, coding or length that its HTTP headers name; it is taken whole"
)
DEBRIS = "bytes after the last record are no record"
