"""The addresses where learners report what they did and see how far they are."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..extensions import db
from ..pages import Page
from ..permissions import requires, the_caller
from ..rest import Blueprint
from ..users import services as users
from . import batches, exempting, overview, reporting, services
from .permissions import (
    READ_PROGRESS,
    REPORT_PROGRESS,
    WAIVE_PROGRESS,
    WRITE_PROGRESS,
    reporter,
)
from .rules.modules import COMPLETED, IN_PROGRESS
from .schemas import (
    ChangeSchema,
    EventQuerySchema,
    EventSchema,
    NextSchema,
    OfflineEventSchema,
    ProgressChangesSchema,
    ProgressQuerySchema,
    ProgressSchema,
    ReportedSchema,
    ReportSchema,
    ResultSchema,
    RollUpSchema,
    WaiverSchema,
)

blp = Blueprint("progress", __name__, url_prefix="/users", description="How far a learner has come")


@blp.route("/<user:user_id>/progress")
class ProgressCollection(MethodView):
    """The progress of one user."""

    @requires(READ_PROGRESS)
    @blp.arguments(ProgressQuerySchema, location="query")
    @blp.page(ProgressSchema)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List a user's progress, in the order of the module slugs."""
        return services.list_progress(user_id, **query)

    @requires(REPORT_PROGRESS)
    @blp.arguments(ReportSchema)
    @blp.plain_response(200, ReportedSchema)
    def post(self, body: dict[str, Any], user_id: int) -> dict[str, Any]:
        """Report a module as completed, or as not completed.

        May be repeated safely. An unknown module is kept as a stub that only staff see,
        unless the service runs with `STRICT_CATALOGUE`. A module that is locked in every
        path that the user follows is refused, but not to staff.
        """
        status = {"status": COMPLETED if body["completed"] else IN_PROGRESS}
        by = reporter(the_caller())
        change = reporting.report(user_id, body["module_id"], status, by, admit_unknown=True)
        db.session.commit()
        profile: dict[str, Any] = users.get_profile(user_id)._asdict()
        return profile | overview.show_outcome(change)


@blp.route("/<user:user_id>/progress/<module_slug:module>")
class ProgressResource(MethodView):
    """The progress of one user on one module."""

    @requires(READ_PROGRESS)
    @blp.response(200, ProgressSchema)
    def get(self, user_id: int, module: str) -> dict[str, Any]:
        """Show how far a user is with a module."""
        return services.get_progress(user_id, module)

    @requires(WRITE_PROGRESS)
    @blp.arguments(ProgressChangesSchema)
    @blp.response(200, ChangeSchema)
    def put(self, body: dict[str, Any], user_id: int, module: str) -> dict[str, Any]:
        """Report status, percent, score, time or position of a module.

        A repeat answers `changed: false` and leaves nothing behind; `time_spent_delta` is
        never a repeat. With `occurred_at` it is an event like any other: at most 5 minutes
        ahead, and at most 30 days ago unless staff or a machine reports it.
        """
        change = reporting.report(user_id, module, body, reporter(the_caller()))
        shown = overview.show_change(change)
        db.session.commit()
        return shown

    @requires(WRITE_PROGRESS)
    @blp.response(200, ChangeSchema)
    def delete(self, user_id: int, module: str) -> dict[str, Any]:
        """Start a module over.

        Its percent, time, score and position are cleared. The first completion and the
        completion of paths stay.
        """
        change = reporting.reset(user_id, module, reporter(the_caller()))
        shown = overview.show_change(change)
        db.session.commit()
        return shown


@blp.route("/<user:user_id>/progress/<module_slug:module>/waive")
class Waiver(MethodView):
    """Whether a user is excused from a module."""

    @requires(WAIVE_PROGRESS)
    @blp.arguments(WaiverSchema)
    @blp.response(200, ChangeSchema)
    def post(self, body: dict[str, Any], user_id: int, module: str) -> dict[str, Any]:
        """Excuse a user from a module; it counts as satisfied."""
        change = exempting.waive(user_id, module, body["reason"], reporter(the_caller()))
        shown = overview.show_change(change)
        db.session.commit()
        return shown

    @requires(WAIVE_PROGRESS)
    @blp.response(200, ChangeSchema)
    def delete(self, user_id: int, module: str) -> dict[str, Any]:
        """Excuse a user from a module no longer."""
        shown = overview.show_change(exempting.unwaive(user_id, module))
        db.session.commit()
        return shown


@blp.route("/<user:user_id>/progress/<module_slug:module>/skip")
class Skipping(MethodView):
    """Whether a user leaves an optional module out."""

    @requires(WRITE_PROGRESS)
    @blp.response(200, ChangeSchema)
    def post(self, user_id: int, module: str) -> dict[str, Any]:
        """Leave an optional module out."""
        shown = overview.show_change(exempting.skip(user_id, module))
        db.session.commit()
        return shown

    @requires(WRITE_PROGRESS)
    @blp.response(200, ChangeSchema)
    def delete(self, user_id: int, module: str) -> dict[str, Any]:
        """Take a module up again that was left out."""
        shown = overview.show_change(exempting.unskip(user_id, module))
        db.session.commit()
        return shown


@blp.route("/<user:user_id>/progress/events")
class EventCollection(MethodView):
    """What happened to one user."""

    @requires(READ_PROGRESS)
    @blp.arguments(EventQuerySchema, location="query")
    @blp.page(EventSchema)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List what happened to a user, newest first."""
        users.get_profile(user_id)
        return services.list_events(user_id, **query)

    @requires(WRITE_PROGRESS)
    @blp.arguments(OfflineEventSchema(many=True))
    @blp.response(200, ResultSchema(many=True))
    def post(self, events: list[Any], user_id: int) -> list[dict[str, Any]]:
        """Send 1 to 500 events that were kept while offline; each gets a result of its own.

        The order, the batching and repeats make no difference: the state follows from the
        set of events. The same `id` with the same content is a `duplicate`, with another a
        `conflict`, and the first stands. A `rejected` event is not stored and may be sent
        again. More than 5 minutes ahead is rejected; older than 30 days too, except from
        staff or a machine.
        """
        results = batches.take_in(user_id, events, reporter(the_caller()))
        db.session.commit()
        return results


@blp.route("/<user:user_id>/paths/<path_slug:path>")
class RollUp(MethodView):
    """How far one user is on one path."""

    @requires(READ_PROGRESS)
    @blp.response(200, RollUpSchema)
    def get(self, user_id: int, path: str) -> dict[str, Any]:
        """Show how far a user is on a path, module by module, and what comes next."""
        return overview.roll_up(user_id, path)


@blp.route("/<user:user_id>/next")
class NextUp(MethodView):
    """What one user should do now."""

    @requires(READ_PROGRESS)
    @blp.response(200, NextSchema(many=True))
    def get(self, user_id: int) -> list[dict[str, Any]]:
        """Say what to do now: one entry for each path that the user follows."""
        users.get_profile(user_id)
        return overview.next_up(user_id)
