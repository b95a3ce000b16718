"""The addresses where people see what they have done."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..permissions import requires
from ..progress.permissions import READ_PROGRESS
from ..rest import Blueprint
from ..users.services import UserNotFound
from . import services
from .schemas import ActivityQuerySchema, ActivitySchema, TranscriptSchema

blp = Blueprint(
    "activity",
    __name__,
    url_prefix="/users",
    description="What a learner has done: days, streaks, and a transcript.",
)


@blp.route("/<user:user_id>/activity")
class Activity(MethodView):
    """What one user did day by day."""

    @requires(READ_PROGRESS)
    @blp.arguments(ActivityQuerySchema, location="query")
    @blp.response(200, ActivitySchema)
    @blp.refuses(UserNotFound)
    def get(self, query: dict[str, Any], user_id: int) -> Any:
        """Show what a user did per day of their own time zone, and their streaks.

        The last 30 days unless `from` and `to` say else, at most 366. A streak counts days in a row
        with at least one event, and is alive until the end of tomorrow.
        """
        return services.show_activity(user_id, **query)


@blp.route("/<user:user_id>/transcript")
class Transcript(MethodView):
    """What one user has achieved."""

    @requires(READ_PROGRESS)
    @blp.response(200, TranscriptSchema)
    @blp.refuses(UserNotFound)
    def get(self, user_id: int) -> dict[str, Any]:
        """List the paths and modules that a user has completed, with their dates.

        Ready to be shown or printed. What is completed stays, even where the path has grown since.
        """
        return services.transcript(user_id)
