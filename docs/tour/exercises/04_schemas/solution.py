"""One possible solution."""

import marshmallow as ma

from learnpath.web.fields import StrictBoolean, Text


class NoteSchema(ma.Schema):
    text = Text(required=True, max=500)
    pinned = StrictBoolean(load_default=False)
