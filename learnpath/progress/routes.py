"""The addresses where learners report what they did."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..extensions import db
from ..permissions import requires
from ..rest import Blueprint
from ..users import services as users
from . import services
from .permissions import REPORT_PROGRESS
from .schemas import ReportedSchema, ReportSchema

blp = Blueprint("progress", __name__, url_prefix="/users", description="How far a learner has come")


@blp.route("/<user:user_id>/progress")
class ProgressCollection(MethodView):
    """The progress of one user."""

    @requires(REPORT_PROGRESS)
    @blp.arguments(ReportSchema)
    @blp.response(200, ReportedSchema)
    def post(self, report: dict[str, Any], user_id: int) -> dict[str, Any]:
        """Report a module as completed, or as not completed.

        May be repeated safely. An unknown module is kept as a stub that only staff see,
        unless the service runs with `STRICT_CATALOGUE`.
        """
        changed = services.report_module(user_id, **report)
        db.session.commit()
        profile: dict[str, Any] = users.get_profile(user_id)._asdict()
        return profile | {"changed": changed, "unlocked": [], "completed_paths": []}
