"""Rows as CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..fields import rfc3339

STARTS = r"=+@＝＋－＠\-"  # of a formula; the wide ones count in some countries
FORMULA = re.compile(rf'^(?=[{STARTS}\t\r\n])|(?<=[;\t\r\n])(?=["\s]*[{STARTS}])')


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a header and a line per row (RFC 4180), a few at a time.

    Moments look as they do in JSON. A text that a spreadsheet would run as a formula gets
    an apostrophe before it (OWASP, CSV injection), also within the text: where people write
    decimal commas, a spreadsheet begins a cell after each semicolon.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
        if buffer.tell() > 16_000:
            yield _drained(buffer)
    yield _drained(buffer)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, str):
        return FORMULA.sub("'", value)
    return value


def _drained(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
