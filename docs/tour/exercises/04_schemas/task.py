"""Validate a request body."""

import marshmallow as ma


class NoteSchema(ma.Schema):
    """The body of a request that creates a note.

    `text` is required: one line of 1 to 500 characters, trimmed. `pinned` is true or false, and
    false by default; "yes" and 1 are refused.

    marshmallow's own fields accept more than that. `learnpath/web/fields.py` has stricter ones:
    use `Text` and `StrictBoolean`.
    """

    text = ma.fields.String()
    pinned = ma.fields.Boolean()
