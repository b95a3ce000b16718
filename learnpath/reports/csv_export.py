"""Export of rows as CSV that is safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..clock import rfc3339

STARTS = r"=+@＝＋－＠\-"  # of a formula; some locales accept the full-width ones
FORMULA = re.compile(rf'^(?=[{STARTS}\t\r\n])|(?<=[;\t\r\n])(?=["\s]*[{STARTS}])')


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a header and one line per row (RFC 4180), in chunks of several lines.

    Times are formatted as in JSON. A text that a spreadsheet would run as a formula gets an
    apostrophe in front (OWASP, CSV injection), also after a semicolon within the text: in
    locales with a decimal comma, a spreadsheet starts a new cell there.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
        if buffer.tell() > 16_000:
            yield _flush(buffer)
    yield _flush(buffer)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, str):
        return FORMULA.sub("'", value)
    return value


def _flush(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
