"""Endpoints to report progress, and to read it by module and by path."""

from typing import Any

from flask.views import MethodView

from ..db import db, transaction
from ..modules.services import ModuleNotFound, TooManyNewModules
from ..paths.services import PathNotFound
from ..permissions import current_caller, requires
from ..users import services as users
from ..users.services import UserNotFound
from ..web.blueprint import Blueprint
from ..web.pagination import Page
from . import rollup, services
from .permissions import READ_PROGRESS, REPORT_PROGRESS, WRITE_PROGRESS, actor_of
from .rules.events import COMPLETED, IN_PROGRESS
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
from .services import ModuleLocked, ProgressNotFound

blp = Blueprint(
    "progress",
    __name__,
    url_prefix="/users",
    description="The progress of a learner: reporting modules, and what to do next.",
)


@blp.route("/<user:user_id>/progress", get="listProgress", post="reportProgress")
class ProgressCollection(MethodView):
    """The progress of one user."""

    @requires(READ_PROGRESS)
    @blp.arguments(ProgressQuerySchema, location="query")
    @blp.paginated_response(ProgressSchema)
    @blp.raises(UserNotFound)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List a user's progress, in the order of the module slugs.

        A module without a report is not listed. `path` narrows to the modules of a path,
        `updated_since` to what has changed since a time.
        """
        return services.list_progress(user_id, **query)

    @requires(REPORT_PROGRESS)
    @blp.arguments(ReportSchema)
    @blp.raw_response(200, ReportedSchema)
    @blp.raises(UserNotFound, ModuleNotFound, TooManyNewModules, ModuleLocked)
    def post(self, body: dict[str, Any], user_id: int) -> dict[str, Any]:
        """Report a module as completed, or as not completed.

        Safe to repeat. An unknown module becomes a stub that only staff see, unless the
        service runs with `STRICT_CATALOGUE`. A module that is locked in every path that the
        user follows is refused, except for staff.
        """
        report = {"status": COMPLETED if body["completed"] else IN_PROGRESS}
        actor = actor_of(current_caller())
        change = services.report_progress(
            user_id, body["module_id"], report, actor, create_stub=True
        )
        profile: dict[str, Any] = users.get_profile(user_id, executor=transaction)._asdict()
        db.session.commit()
        return profile | rollup.outcome_dict(change)


@blp.route(
    "/<user:user_id>/progress/<module_slug:module>",
    get="getProgress",
    put="updateProgress",
    delete="resetProgress",
)
class ProgressResource(MethodView):
    """The progress of one user on one module."""

    @requires(READ_PROGRESS)
    @blp.response(200, ProgressSchema)
    @blp.raises(ProgressNotFound)
    def get(self, user_id: int, module: str) -> dict[str, Any]:
        """Show a user's progress on a module.

        `percent` is 100 exactly while the module is completed. `outdated` is true if the module
        was revised after it was completed. The example works once the module was reported.
        """
        return services.get_progress(user_id, module)

    @requires(WRITE_PROGRESS)
    @blp.arguments(ProgressChangesSchema)
    @blp.response(200, ChangeSchema)
    @blp.raises(UserNotFound, ModuleNotFound, ModuleLocked)
    def put(self, body: dict[str, Any], user_id: int, module: str) -> dict[str, Any]:
        """Report status, percent, score, time or position of a module.

        A repeat returns `changed: false` and stores nothing; a report with `time_spent_delta`
        is never a repeat. `occurred_at` may be at most 5 minutes ahead, and at most 30 days
        ago unless staff or an API key reports it.
        """
        change = services.report_progress(user_id, module, body, actor_of(current_caller()))
        db.session.commit()
        return rollup.change_dict(change)

    @requires(WRITE_PROGRESS)
    @blp.response(200, ChangeSchema)
    @blp.raises(ProgressNotFound)
    def delete(self, user_id: int, module: str) -> dict[str, Any]:
        """Start a module over.

        Its percent, time, score and position are cleared. The date of the first completion and
        completed paths stay. The example works once the module was reported.
        """
        change = services.reset_progress(user_id, module, actor_of(current_caller()))
        db.session.commit()
        return rollup.change_dict(change)


@blp.route("/<user:user_id>/paths/<path_slug:path>", get="getPathProgress")
class RollUp(MethodView):
    """The progress of one user on one path."""

    @requires(READ_PROGRESS)
    @blp.response(200, RollUpSchema)
    @blp.raises(UserNotFound, PathNotFound)
    def get(self, user_id: int, path: str) -> dict[str, Any]:
        """Show a user's progress on a path, module by module, and the next module.

        `percent` counts required modules that are completed or waived, and is 100 only when all
        are. A module is `locked` if every path that contains it and that the user follows
        locks it.
        """
        return rollup.get_rollup(user_id, path)


@blp.route("/<user:user_id>/next", get="listNextModules")
class NextModules(MethodView):
    """The next module of each path of one user."""

    @requires(READ_PROGRESS)
    @blp.response(200, NextSchema(many=True))
    @blp.raises(UserNotFound)
    def get(self, user_id: int) -> list[dict[str, Any]]:
        """List the next module of each path that the user follows.

        The first module in order that is neither satisfied nor locked, required ones before
        optional ones. A path with nothing left is not listed.
        """
        return rollup.next_modules(user_id)
