"""One way to do it."""

import marshmallow as ma

from learnpath.fields import Boolean, Text


class NoteSchema(ma.Schema):
    text = Text(required=True, max=500)
    pinned = Boolean(load_default=False)
