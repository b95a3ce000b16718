"""Endpoints for the activity and the transcript of a learner."""

from typing import Any

from flask.views import MethodView

from ..permissions import requires
from ..progress.permissions import READ_PROGRESS
from ..users.services import UserNotFound
from ..web.blueprint import Blueprint
from . import services
from .schemas import ActivityQuerySchema, ActivitySchema, TranscriptSchema

blp = Blueprint(
    "activity",
    __name__,
    url_prefix="/users",
    description="The activity of a learner: days, streaks, and a transcript.",
)


@blp.route("/<user:user_id>/activity", get="getActivity")
class Activity(MethodView):
    """The activity of one user."""

    @requires(READ_PROGRESS)
    @blp.arguments(ActivityQuerySchema, location="query")
    @blp.response(200, ActivitySchema)
    @blp.raises(UserNotFound)
    def get(self, query: dict[str, Any], user_id: int) -> Any:
        """Show a user's events per day of their own time zone, and their streaks.

        The last 30 days by default, at most 366. A streak counts consecutive days with at least
        one event, and is alive until the end of tomorrow.
        """
        return services.get_activity(user_id, **query)


@blp.route("/<user:user_id>/transcript", get="getTranscript")
class Transcript(MethodView):
    """The transcript of one user."""

    @requires(READ_PROGRESS)
    @blp.response(200, TranscriptSchema)
    @blp.raises(UserNotFound)
    def get(self, user_id: int) -> dict[str, Any]:
        """List the paths and modules that a user has completed, with their dates.

        A completed path stays, even if modules were added to it later.
        """
        return services.get_transcript(user_id)
