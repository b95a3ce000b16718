"""The addresses where a learner is excused from modules, or leaves optional ones out."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..extensions import db
from ..paths.services import ModuleNotFound
from ..permissions import requires, the_caller
from ..rest import Blueprint
from ..users.services import UserNotFound
from . import exempting, overview
from .permissions import WAIVE_PROGRESS, WRITE_PROGRESS, reporter
from .schemas import ChangeSchema, WaiverSchema

blp = Blueprint(
    "exemptions",
    __name__,
    url_prefix="/users",
    description="What a learner need not do: waived by staff, or optional and left out.",
)


@blp.route("/<user:user_id>/progress/<module_slug:module>/waive")
class Waiver(MethodView):
    """Whether a user is excused from a module."""

    @requires(WAIVE_PROGRESS)
    @blp.arguments(WaiverSchema)
    @blp.response(200, ChangeSchema)
    @blp.refuses(UserNotFound, ModuleNotFound)
    def post(self, body: dict[str, Any], user_id: int, module: str) -> dict[str, Any]:
        """Excuse a user from a module; it counts as satisfied.

        In every path, whether or not the module is locked. Events never touch a waiver.
        """
        change = exempting.waive(user_id, module, body["reason"], reporter(the_caller()))
        shown = overview.show_change(change)
        db.session.commit()
        return shown

    @requires(WAIVE_PROGRESS)
    @blp.response(200, ChangeSchema)
    @blp.refuses(UserNotFound, ModuleNotFound)
    def delete(self, user_id: int, module: str) -> dict[str, Any]:
        """Excuse a user from a module no longer.

        What the waiver has completed stays completed. Without a waiver nothing changes.
        """
        shown = overview.show_change(exempting.unwaive(user_id, module))
        db.session.commit()
        return shown


@blp.route("/<user:user_id>/progress/<module_slug:module>/skip")
class Skipping(MethodView):
    """Whether a user leaves an optional module out."""

    @requires(WRITE_PROGRESS)
    @blp.response(200, ChangeSchema)
    @blp.refuses(UserNotFound, ModuleNotFound, exempting.NotOptional)
    @blp.tried_with(module="concurrent-progress")
    def post(self, user_id: int, module: str) -> dict[str, Any]:
        """Leave an optional module out.

        Only a module that is optional in a path that the user follows. It no longer comes next.
        The example works once the user follows `backend-with-flask`.
        """
        shown = overview.show_change(exempting.skip(user_id, module))
        db.session.commit()
        return shown

    @requires(WRITE_PROGRESS)
    @blp.response(200, ChangeSchema)
    @blp.refuses(UserNotFound, ModuleNotFound)
    def delete(self, user_id: int, module: str) -> dict[str, Any]:
        """Take a module up again that was left out.

        Without a skip nothing changes.
        """
        shown = overview.show_change(exempting.unskip(user_id, module))
        db.session.commit()
        return shown
