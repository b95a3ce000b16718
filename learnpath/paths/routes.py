"""The addresses of paths and modules."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView

from ..examples import example_answer
from ..extensions import db
from ..pages import Page, PageQuerySchema
from ..permissions import caller_if_any, open_to_all, requires, the_caller
from ..progress import editing
from ..rest import Blueprint
from . import arranging, authoring, services
from .models import Path
from .permissions import (
    CREATE_PATH,
    EDIT_PATH,
    readable_modules,
    readable_paths,
    refuse_naming_authors,
)
from .schemas import (
    DryRunSchema,
    ImpactSchema,
    MembershipEntrySchema,
    MembershipSchema,
    NewPathSchema,
    PathChangesSchema,
    PathQuerySchema,
    PathSchema,
    ValidationSchema,
)
from .validation import PathNotCompletable

blp = Blueprint(
    "paths",
    __name__,
    description="What there is to learn: ordered lists of modules. Anyone reads what is published.",
)

MODULES_OR_IMPACT = {
    "description": "the new list, or with `dry_run=true` whom it would concern",
    "content": {
        "application/json": {
            "schema": {"oneOf": [MembershipSchema(many=True), ImpactSchema]},
            "examples": {
                "whom it would concern": {"value": example_answer(ImpactSchema)},
                "the new list": {"value": example_answer(MembershipSchema(many=True))},
            },
        }
    },
}


@blp.route("/paths")
class PathCollection(MethodView):
    """All paths."""

    @open_to_all
    @blp.arguments(PathQuerySchema, location="query")
    @blp.page(PathSchema)
    def get(self, query: dict[str, Any]) -> Page:
        """List paths, in the order of their slugs.

        Everybody sees what is published; instructors also see their own drafts, admins all.
        """
        return services.list_paths(readable=readable_paths(caller_if_any()), **query)

    @requires(CREATE_PATH)
    @blp.etag
    @blp.arguments(NewPathSchema)
    @blp.response(201, PathSchema)
    @blp.refuses(authoring.SlugTaken)
    def post(self, new_path: dict[str, Any]) -> Path:
        """Make a path, as a draft without modules.

        Whoever makes it is its author; only an admin names other `authors`. Learners see it once
        it is published.
        """
        caller = the_caller()
        refuse_naming_authors(caller, new_path)
        path = authoring.create_path(**new_path, by=caller.user_id)
        db.session.commit()
        return path


@blp.route("/paths/<path_slug:path>")
class PathResource(MethodView):
    """One path."""

    @open_to_all
    @blp.etag
    @blp.response(200, PathSchema)
    @blp.refuses(services.PathNotFound)
    def get(self, path: str) -> Path:
        """Show a path.

        A draft is only there for its authors and for admins. `PUT …/modules` changes `version`.
        """
        return services.get_path(path, readable_paths(caller_if_any()))

    @requires(EDIT_PATH)
    @blp.etag
    @blp.arguments(PathChangesSchema)
    @blp.response(200, PathSchema)
    @blp.refuses(services.PathNotFound)
    @blp.tried_with(path="a-path-of-my-own")
    def patch(self, changes: dict[str, Any], path: str) -> Path:
        """Change what a path says of itself; an admin also changes its authors.

        What is absent stays as it is. Send the `ETag` that you have read as `If-Match`, and
        nobody's change is overwritten unseen. The example changes what that of
        `POST /api/v1/paths` has made.
        """
        refuse_naming_authors(the_caller(), changes)
        current = authoring.lock_path(path)
        blp.check_etag(current, PathSchema)
        changed = authoring.change_path(current, **changes)
        db.session.commit()
        return changed

    @requires(EDIT_PATH)
    @blp.etag
    @blp.response(204)
    @blp.refuses(services.PathNotFound, authoring.PathInUse)
    @blp.tried_with(path="a-path-of-my-own")
    def delete(self, path: str) -> None:
        """Delete a path that nobody has ever followed; any other is archived instead.

        Its modules stay. The example deletes what that of `POST /api/v1/paths` has made.
        """
        current = authoring.lock_path(path)
        blp.check_etag(current, PathSchema)
        authoring.remove_path(current)
        db.session.commit()


@blp.route("/paths/<path_slug:path>/modules")
class PathModules(MethodView):
    """The modules of one path."""

    @open_to_all
    @blp.arguments(PageQuerySchema, location="query")
    @blp.page(MembershipSchema)
    @blp.refuses(services.PathNotFound)
    def get(self, query: dict[str, Any], path: str) -> Page:
        """List the modules of a path, in its order.

        `requires` names the modules that come before; what is not published is only shown to
        staff.
        """
        caller = caller_if_any()
        return services.list_memberships(
            path, readable_paths(caller), readable_modules(caller), **query
        )

    @requires(EDIT_PATH)
    @blp.etag
    @blp.arguments(DryRunSchema, location="query")
    @blp.arguments(MembershipEntrySchema(many=True))
    @blp.doc(responses={"200": MODULES_OR_IMPACT})
    @blp.refuses(services.PathNotFound, PathNotCompletable)
    def put(self, query: dict[str, Any], entries: list[dict[str, Any]], path: str) -> Response:
        """Replace the whole ordered list of a path's modules.

        Nobody's progress is touched, and what is completed stays completed; whoever now has
        everything completes the path. With `dry_run=true` nothing is changed, and the answer
        counts the enrolled learners whom the edit would concern.
        """
        readable = readable_modules(the_caller())
        current = authoring.lock_path(path, [entry["module"] for entry in entries])
        blp.check_etag(current, PathSchema)
        if query["dry_run"]:
            blp.set_etag(current, PathSchema)
            return jsonify(editing.preview_modules(current, entries, readable))
        arranging.replace_modules(current, entries, readable)
        db.session.commit()
        blp.set_etag(current, PathSchema)
        return jsonify(MembershipSchema(many=True).dump(arranging.memberships_of(current)))


@blp.route("/paths/<path_slug:path>/publish")
class PathPublication(MethodView):
    """Where a path becomes visible."""

    @requires(EDIT_PATH)
    @blp.response(200, PathSchema)
    @blp.refuses(services.PathNotFound, PathNotCompletable)
    def post(self, path: str) -> Path:
        """Publish a path.

        One that nobody could complete is refused: `GET …/validate` says beforehand what is
        missing. An archived path comes back this way.
        """
        published = authoring.publish(authoring.lock_path(path))
        db.session.commit()
        return published


@blp.route("/paths/<path_slug:path>/archive")
class PathArchive(MethodView):
    """Where a path is taken off the shelf."""

    @requires(EDIT_PATH)
    @blp.response(200, PathSchema)
    @blp.refuses(services.PathNotFound)
    @blp.tried_with(path="a-path-of-my-own")
    def post(self, path: str) -> Path:
        """Archive a path: nobody can join it any more, whoever follows it goes on.

        Completions stay. `POST …/publish` brings it back. The example archives what that of
        `POST /api/v1/paths` has made.
        """
        archived = authoring.archive(authoring.lock_path(path))
        db.session.commit()
        return archived


@blp.route("/paths/<path_slug:path>/validate")
class PathValidation(MethodView):
    """Whether a path can be completed."""

    @requires(EDIT_PATH)
    @blp.response(200, ValidationSchema)
    @blp.refuses(services.PathNotFound)
    def get(self, path: str) -> dict[str, Any]:
        """Say whether a path can be completed, and what keeps it from that.

        Nothing required, circles, and required modules that are unpublished or lead to one.
        """
        problems = authoring.problems_in(services.get_path(path, readable_paths(the_caller())))
        return {"completable": not problems, "problems": problems}
