"""The JSON of notes."""

import marshmallow as ma

from ..web.fields import MULTI_LINE, Text, Timestamp
from .models import TEXT_MAX


class NewNoteSchema(ma.Schema):
    """The text of a note; it replaces an earlier note about the module."""

    text = Text(
        required=True, max=TEXT_MAX, pattern=MULTI_LINE, metadata={"example": "Read this again."}
    )


class NoteSchema(ma.Schema):
    """A note, as its author sees it."""

    module = ma.fields.String(required=True, attribute="module_slug", metadata={"example": "loops"})
    text = ma.fields.String(required=True, metadata={"example": "Read this again."})
    updated_at = Timestamp(required=True)
