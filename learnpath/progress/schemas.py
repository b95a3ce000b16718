"""What is reported of a module, and what it changed."""

import marshmallow as ma

from ..fields import Boolean, ModuleId
from ..users.schemas import UserSchema


class ReportSchema(ma.Schema):
    """One module, done or not."""

    module_id = ModuleId(required=True)
    completed = Boolean(required=True, metadata={"example": True})


class ReportedSchema(UserSchema):
    """The user after the report, and what it changed."""

    changed = ma.fields.Boolean(
        required=True, metadata={"description": "false where the report repeats what was known"}
    )
    unlocked = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "modules that it opened"}
    )
    completed_paths = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "paths that it completed"}
    )
