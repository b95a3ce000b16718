"""How answers are written."""

import json
from datetime import UTC, date, datetime

import orjson
import pytest
from flask import Response
from werkzeug.test import create_environ

from learnpath.web.responses import encode, json_response

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


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_plain_answer_is_what_werkzeug_would_make_of_it(method):
    environ = create_environ(method=method)
    ours, usual = (
        answer.get_wsgi_response(environ)
        for answer in (
            json_response({"name": "Zoë"}, 201),
            Response(encode({"name": "Zoë"}), 201, content_type="application/json"),
        )
    )
    assert (list(ours[0]), *ours[1:]) == (list(usual[0]), *usual[1:])


def test_a_value_without_an_encoder_is_an_error():
    with pytest.raises(TypeError, match="set cannot be written as JSON"):
        encode({"tags": {"python"}})
