"""Endpoints to waive a module for a learner, and to skip optional modules."""

from typing import Any

from flask.views import MethodView

from ...db import db
from ...modules.services import ModuleNotFound
from ...permissions import current_caller, requires
from ...users.services import UserNotFound
from ...web.blueprint import Blueprint
from .. import rollup
from ..permissions import WAIVE_PROGRESS, WRITE_PROGRESS, actor_of
from ..schemas import ChangeSchema, WaiverSchema
from . import services

blp = Blueprint(
    "exemptions",
    __name__,
    url_prefix="/users",
    description="Modules that a learner need not do: waived by staff, or optional and skipped.",
)


@blp.route(
    "/<user:user_id>/progress/<module_slug:module>/waive",
    post="waiveModule",
    delete="unwaiveModule",
)
class Waiver(MethodView):
    """The waiver of one module for one user."""

    @requires(WAIVE_PROGRESS)
    @blp.arguments(WaiverSchema)
    @blp.response(200, ChangeSchema)
    @blp.raises(UserNotFound, ModuleNotFound)
    def post(self, body: dict[str, Any], user_id: int, module: str) -> dict[str, Any]:
        """Waive a module for a user.

        It counts as satisfied in every path, whether or not it is locked. No event changes a
        waiver.
        """
        change = services.waive(user_id, module, body["reason"], actor_of(current_caller()))
        db.session.commit()
        return rollup.change_dict(change)

    @requires(WAIVE_PROGRESS)
    @blp.response(200, ChangeSchema)
    @blp.raises(UserNotFound, ModuleNotFound)
    def delete(self, user_id: int, module: str) -> dict[str, Any]:
        """Remove the waiver of a module.

        Paths that the waiver completed stay completed. Without a waiver nothing changes.
        """
        answer = rollup.change_dict(services.unwaive(user_id, module))
        db.session.commit()
        return answer


@blp.route(
    "/<user:user_id>/progress/<module_slug:module>/skip", post="skipModule", delete="unskipModule"
)
class Skip(MethodView):
    """The skip of one optional module by one user."""

    @requires(WRITE_PROGRESS)
    @blp.response(200, ChangeSchema)
    @blp.raises(UserNotFound, ModuleNotFound, services.NotOptional)
    @blp.example_path(module="concurrent-progress")
    def post(self, user_id: int, module: str) -> dict[str, Any]:
        """Skip an optional module.

        It must be optional in every path of the user that contains it. It is no longer next.
        The example works once the user follows `backend-with-flask`.
        """
        answer = rollup.change_dict(services.skip(user_id, module))
        db.session.commit()
        return answer

    @requires(WRITE_PROGRESS)
    @blp.response(200, ChangeSchema)
    @blp.raises(UserNotFound, ModuleNotFound)
    def delete(self, user_id: int, module: str) -> dict[str, Any]:
        """Take back the skip of a module.

        Without a skip nothing changes.
        """
        answer = rollup.change_dict(services.unskip(user_id, module))
        db.session.commit()
        return answer
