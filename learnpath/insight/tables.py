"""Rows as CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

FORMULA_STARTS = (*"=+-@\t\r\n", *"＝＋－＠")  # the wide ones count in some countries


def to_csv(columns: list[str], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield a header and a line per row (RFC 4180), a few at a time.

    A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP,
    CSV injection).
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_defused(row[column]) for column in columns])
        if buffer.tell() > 16_000:
            yield _drained(buffer)
    yield _drained(buffer)


def _defused(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _drained(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
