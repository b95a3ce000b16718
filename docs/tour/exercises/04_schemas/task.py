"""Check the form of what comes in."""

import marshmallow as ma


class NoteSchema(ma.Schema):
    """What a learner sends to note something.

    `text` is needed: one line of 1 to 500 characters, after blanks around it are taken away.
    `pinned` is true or false, and false where it is absent; "yes" and 1 are refused.

    marshmallow's own fields are more forgiving than that. The house has stricter ones in
    `learnpath/fields.py`: look for `Text` and `Boolean`.
    """

    text = ma.fields.String()
    pinned = ma.fields.Boolean()
