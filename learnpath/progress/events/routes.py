"""Endpoints to list the events of a learner, and to send batches of events."""

from typing import Any

from flask.views import MethodView

from ...db import db
from ...permissions import current_caller, requires
from ...users.services import UserNotFound
from ...web.blueprint import Blueprint
from ...web.pagination import Page
from .. import services
from ..permissions import READ_PROGRESS, WRITE_PROGRESS, actor_of
from . import ingest
from .schemas import EventQuerySchema, EventSchema, OfflineEventSchema, ResultSchema

blp = Blueprint(
    "progress-events",
    __name__,
    url_prefix="/users",
    description="The events that progress follows from: the history, and batches to send.",
)


@blp.route("/<user:user_id>/progress/events", get="listProgressEvents", post="sendProgressEvents")
class EventCollection(MethodView):
    """The events of one user."""

    @requires(READ_PROGRESS)
    @blp.arguments(EventQuerySchema, location="query")
    @blp.paginated_response(EventSchema)
    @blp.raises(UserNotFound)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List the events of a user, newest first.

        Every report is stored as an event; progress follows from the set of events. `module`
        narrows to one module.
        """
        return services.list_events(user_id, **query)

    @requires(WRITE_PROGRESS)
    @blp.arguments(OfflineEventSchema(many=True))
    @blp.response(200, ResultSchema(many=True))
    @blp.raises(UserNotFound)
    def post(self, events: list[Any], user_id: int) -> list[dict[str, Any]]:
        """Send 1 to 500 events that were stored while offline; each gets its own result.

        The order, the batches and repeats make no difference: progress follows from the set of
        events. The same `id` with the same content is a `duplicate`, with another content a
        `conflict`; the stored event stays. A `rejected` event is not stored and may be sent
        again. More than 5 minutes ahead is rejected; more than 30 days ago too, except from
        staff or an API key.
        """
        results = ingest.ingest_events(user_id, events, actor_of(current_caller()))
        db.session.commit()
        return results
