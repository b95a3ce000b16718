"""How answers are written."""

import json
from datetime import UTC, date, datetime

import orjson
import pytest

from learnpath.answers import encode

MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MOMENT, '"2026-01-31T12:00:00.000000Z"'),
        (date(2026, 1, 31), '"2026-01-31"'),
        (orjson.Fragment('{"loops":true}'), '{"loops":true}'),
        ({"name": "Zoë"}, '{"name":"Zoë"}'),
    ],
)
def test_a_value_is_written_as_clients_know_it(value, text):
    assert encode(value).decode() == text


def test_an_integer_beyond_64_bits_is_written_too():
    written = encode(
        {"position": 10**30, "progress": orjson.Fragment('{"loops":true}'), "at": MOMENT}
    )
    assert json.loads(written) == {
        "position": 10**30,
        "progress": {"loops": True},
        "at": "2026-01-31T12:00:00.000000Z",
    }


def test_what_has_no_place_in_an_answer_is_loud():
    with pytest.raises(TypeError, match="set has no place"):
        encode({"tags": {"python"}})
