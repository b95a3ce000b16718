"""The addresses where learners report what they did and see how far they are."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..extensions import db, transaction
from ..pages import Page
from ..paths.services import ModuleNotFound, PathNotFound, TooManyNewModules
from ..permissions import requires, the_caller
from ..rest import Blueprint
from ..users import services as users
from ..users.services import UserNotFound
from . import batches, overview, reporting, services
from .event_schemas import EventQuerySchema, EventSchema, OfflineEventSchema, ResultSchema
from .permissions import (
    READ_PROGRESS,
    REPORT_PROGRESS,
    WRITE_PROGRESS,
    reporter,
)
from .reporting import ModuleLocked
from .rules.modules import COMPLETED, IN_PROGRESS
from .schemas import (
    ChangeSchema,
    NextSchema,
    ProgressChangesSchema,
    ProgressQuerySchema,
    ProgressSchema,
    ReportedSchema,
    ReportSchema,
    RollUpSchema,
)
from .services import ProgressNotFound

blp = Blueprint(
    "progress",
    __name__,
    url_prefix="/users",
    description="How far a learner has come: reporting modules, and what comes next.",
)


@blp.route("/<user:user_id>/progress")
class ProgressCollection(MethodView):
    """The progress of one user."""

    @requires(READ_PROGRESS)
    @blp.arguments(ProgressQuerySchema, location="query")
    @blp.page(ProgressSchema)
    @blp.refuses(UserNotFound)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List a user's progress, in the order of the module slugs.

        A module that was never reported is not listed. `path` narrows to the modules of a path,
        `updated_since` to what has changed since a moment.
        """
        return services.list_progress(user_id, **query)

    @requires(REPORT_PROGRESS)
    @blp.arguments(ReportSchema)
    @blp.plain_response(200, ReportedSchema)
    @blp.refuses(UserNotFound, ModuleNotFound, TooManyNewModules, ModuleLocked)
    def post(self, body: dict[str, Any], user_id: int) -> dict[str, Any]:
        """Report a module as completed, or as not completed.

        May be repeated safely. An unknown module is kept as a stub that only staff see,
        unless the service runs with `STRICT_CATALOGUE`. A module that is locked in every
        path that the user follows is refused, but not to staff.
        """
        status = {"status": COMPLETED if body["completed"] else IN_PROGRESS}
        by = reporter(the_caller())
        change = reporting.report(user_id, body["module_id"], status, by, admit_unknown=True)
        profile: dict[str, Any] = users.get_profile(user_id, through=transaction)._asdict()
        db.session.commit()
        return profile | overview.show_outcome(change)


@blp.route("/<user:user_id>/progress/<module_slug:module>")
class ProgressResource(MethodView):
    """The progress of one user on one module."""

    @requires(READ_PROGRESS)
    @blp.response(200, ProgressSchema)
    @blp.refuses(ProgressNotFound)
    def get(self, user_id: int, module: str) -> dict[str, Any]:
        """Show how far a user is with a module.

        `percent` is 100 exactly while the module is completed. `outdated` says that the module
        has been revised since. The example works once the module was reported.
        """
        return services.get_progress(user_id, module)

    @requires(WRITE_PROGRESS)
    @blp.arguments(ProgressChangesSchema)
    @blp.response(200, ChangeSchema)
    @blp.refuses(UserNotFound, ModuleNotFound, ModuleLocked)
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
    @blp.refuses(ProgressNotFound)
    def delete(self, user_id: int, module: str) -> dict[str, Any]:
        """Start a module over.

        Its percent, time, score and position are cleared. The first completion and the
        completion of paths stay. The example works once the module was reported.
        """
        change = reporting.reset(user_id, module, reporter(the_caller()))
        shown = overview.show_change(change)
        db.session.commit()
        return shown


@blp.route("/<user:user_id>/progress/events")
class EventCollection(MethodView):
    """What happened to one user."""

    @requires(READ_PROGRESS)
    @blp.arguments(EventQuerySchema, location="query")
    @blp.page(EventSchema)
    @blp.refuses(UserNotFound)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List what happened to a user, newest first.

        Every report is an event and stays: progress follows from the set of them. `module`
        narrows to one module.
        """
        users.get_profile(user_id)
        return services.list_events(user_id, **query)

    @requires(WRITE_PROGRESS)
    @blp.arguments(OfflineEventSchema(many=True))
    @blp.response(200, ResultSchema(many=True))
    @blp.refuses(UserNotFound)
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
    @blp.refuses(UserNotFound, PathNotFound)
    def get(self, user_id: int, path: str) -> dict[str, Any]:
        """Show how far a user is on a path, module by module, and what comes next.

        `percent` counts required modules that are completed or waived, and is 100 only when all
        are. A module is `locked` where every path that the user follows locks it.
        """
        return overview.roll_up(user_id, path)


@blp.route("/<user:user_id>/next")
class NextUp(MethodView):
    """What one user should do now."""

    @requires(READ_PROGRESS)
    @blp.response(200, NextSchema(many=True))
    @blp.refuses(UserNotFound)
    def get(self, user_id: int) -> list[dict[str, Any]]:
        """Say what to do now: one entry for each path that the user follows.

        The first module in order that is neither satisfied nor locked, required ones before
        optional ones. A path with nothing left has no entry.
        """
        users.get_profile(user_id)
        return overview.next_up(user_id)
