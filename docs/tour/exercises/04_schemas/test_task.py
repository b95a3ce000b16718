"""A valid note is accepted, an invalid one is refused with the name of the field."""

import marshmallow as ma
import pytest

from .task import NoteSchema


def test_a_note_is_trimmed_and_not_pinned():
    assert NoteSchema().load({"text": "  Read this again. "}) == {
        "text": "Read this again.",
        "pinned": False,
    }


def test_a_note_may_be_pinned():
    assert NoteSchema().load({"text": "Now", "pinned": True})["pinned"] is True


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"text": "one\x00two"}, "text"),
        ({"text": None}, "text"),
        ({"text": "Now", "pinned": "yes"}, "pinned"),
        ({"text": "Now", "pinned": 1}, "pinned"),
        ({"text": "Now", "author": 7}, "author"),
    ],
)
def test_anything_else_is_refused_with_the_field(sent, field):
    with pytest.raises(ma.ValidationError) as error:
        NoteSchema().load(sent)
    assert list(error.value.messages) == [field]
