"""How a note looks from outside."""

import marshmallow as ma

from ..fields import PARAGRAPHS, Text, Timestamp
from .models import TEXT_MAX


class NewNoteSchema(ma.Schema):
    """What somebody notes; it takes the place of what they noted before."""

    text = Text(
        required=True, max=TEXT_MAX, pattern=PARAGRAPHS, metadata={"example": "Read this again."}
    )


class NoteSchema(ma.Schema):
    """A note as its author sees it."""

    module = ma.fields.String(required=True, attribute="module_slug", metadata={"example": "loops"})
    text = ma.fields.String(required=True, metadata={"example": "Read this again."})
    updated_at = Timestamp(required=True)
