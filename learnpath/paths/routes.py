"""The endpoints of paths."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView

from ..db import db
from ..modules.permissions import readable_modules
from ..modules.services import SlugTaken
from ..permissions import current_caller, current_caller_or_none, optional_auth, requires
from ..progress import edit_preview
from ..web.blueprint import Blueprint
from ..web.examples import example_answer
from ..web.pagination import Page, PageQuerySchema
from . import path_modules, publication, services
from .models import Path
from .permissions import CREATE_PATH, EDIT_PATH, readable_paths, refuse_naming_authors
from .schemas import (
    DryRunSchema,
    ImpactSchema,
    NewPathModuleSchema,
    NewPathSchema,
    PathChangesSchema,
    PathModuleSchema,
    PathQuerySchema,
    PathSchema,
    ValidationSchema,
)
from .validation import PathNotCompletable, find_issues

blp = Blueprint(
    "paths", __name__, description="Ordered lists of modules. Everyone can read published paths."
)

MODULES_OR_IMPACT = {
    "description": "the new list, or with `dry_run=true` the number of learners it affects",
    "content": {
        "application/json": {
            "schema": {"oneOf": [PathModuleSchema(many=True), ImpactSchema]},
            "examples": {
                "the learners it affects": {"value": example_answer(ImpactSchema)},
                "the new list": {"value": example_answer(PathModuleSchema(many=True))},
            },
        }
    },
}


@blp.route("/paths", get="listPaths", post="createPath")
class PathCollection(MethodView):
    """All paths."""

    @optional_auth
    @blp.arguments(PathQuerySchema, location="query")
    @blp.paginated_response(PathSchema)
    def get(self, query: dict[str, Any]) -> Page:
        """List paths, in the order of their slugs.

        Everyone sees published paths; instructors also see their own drafts, admins all.
        """
        return services.list_paths(readable=readable_paths(current_caller_or_none()), **query)

    @requires(CREATE_PATH)
    @blp.etag
    @blp.arguments(NewPathSchema)
    @blp.response(201, PathSchema)
    @blp.raises(SlugTaken)
    def post(self, new_path: dict[str, Any]) -> Path:
        """Create a path, as a draft without modules.

        Its creator becomes its author; only an admin names other `authors`. Learners see it once
        it is published.
        """
        caller = current_caller()
        refuse_naming_authors(caller, new_path)
        path = services.create_path(**new_path, by=caller.user_id)
        db.session.commit()
        return path


@blp.route("/paths/<path_slug:path>", get="getPath", patch="updatePath", delete="deletePath")
class PathResource(MethodView):
    """One path."""

    @optional_auth
    @blp.etag
    @blp.response(200, PathSchema)
    @blp.raises(services.PathNotFound)
    def get(self, path: str) -> Path:
        """Show a path.

        Only its authors and admins see a draft. `PUT …/modules` changes `version`.
        """
        return services.get_path(path, readable_paths(current_caller_or_none()))

    @requires(EDIT_PATH)
    @blp.etag
    @blp.arguments(PathChangesSchema)
    @blp.response(200, PathSchema)
    @blp.raises(services.PathNotFound)
    @blp.example_path(path="a-path-of-my-own")
    def patch(self, changes: dict[str, Any], path: str) -> Path:
        """Change the description of a path; an admin also changes its authors.

        Absent fields stay as they are. Send the `ETag` of your last read as `If-Match`, and
        you do not overwrite a change by another author. The example changes the path of
        `POST /api/v1/paths`.
        """
        refuse_naming_authors(current_caller(), changes)
        current = services.lock_path(path)
        blp.check_etag(current, PathSchema)
        changed = services.change_path(current, **changes)
        db.session.commit()
        return changed

    @requires(EDIT_PATH)
    @blp.etag
    @blp.response(204)
    @blp.raises(services.PathNotFound, services.PathInUse)
    @blp.example_path(path="a-path-of-my-own")
    def delete(self, path: str) -> None:
        """Delete a path that never had an enrollment; archive any other instead.

        Its modules stay. The example deletes the path of `POST /api/v1/paths`.
        """
        current = services.lock_path(path)
        blp.check_etag(current, PathSchema)
        services.remove_path(current)
        db.session.commit()


@blp.route("/paths/<path_slug:path>/modules", get="listPathModules", put="replacePathModules")
class PathModules(MethodView):
    """The modules of one path."""

    @optional_auth
    @blp.arguments(PageQuerySchema, location="query")
    @blp.paginated_response(PathModuleSchema)
    @blp.raises(services.PathNotFound)
    def get(self, query: dict[str, Any], path: str) -> Page:
        """List the modules of a path, in its order.

        `requires` lists the modules to complete first; only staff see modules that are not
        published.
        """
        caller = current_caller_or_none()
        return services.list_path_modules(
            path, readable_paths(caller), readable_modules(caller), **query
        )

    @requires(EDIT_PATH)
    @blp.etag
    @blp.arguments(DryRunSchema, location="query")
    @blp.arguments(NewPathModuleSchema(many=True))
    @blp.doc(responses={"200": MODULES_OR_IMPACT})
    @blp.raises(services.PathNotFound, PathNotCompletable)
    def put(self, query: dict[str, Any], items: list[dict[str, Any]], path: str) -> Response:
        """Replace the whole ordered list of a path's modules.

        Progress and completions stay; learners who have now completed all required modules
        complete the path. With `dry_run=true` nothing changes, and the response counts the
        enrolled learners that the edit would affect.
        """
        readable = readable_modules(current_caller())
        current = services.lock_path(path, [item["module"] for item in items])
        blp.check_etag(current, PathSchema)
        if query["dry_run"]:
            blp.set_etag(current, PathSchema)
            return jsonify(edit_preview.count_affected(current, items, readable))
        path_modules.replace_modules(current, items, readable)
        db.session.commit()
        blp.set_etag(current, PathSchema)
        return jsonify(PathModuleSchema(many=True).dump(services.modules_of(current)))


@blp.route("/paths/<path_slug:path>/publish", post="publishPath")
class PathPublication(MethodView):
    """Publish a path."""

    @requires(EDIT_PATH)
    @blp.response(200, PathSchema)
    @blp.raises(services.PathNotFound, PathNotCompletable)
    def post(self, path: str) -> Path:
        """Publish a path.

        A path that cannot be completed is refused; `GET …/validate` lists the reasons. An
        archived path is published again.
        """
        published = publication.publish(services.lock_path(path))
        db.session.commit()
        return published


@blp.route("/paths/<path_slug:path>/archive", post="archivePath")
class PathArchive(MethodView):
    """Archive a path."""

    @requires(EDIT_PATH)
    @blp.response(200, PathSchema)
    @blp.raises(services.PathNotFound)
    @blp.example_path(path="a-path-of-my-own")
    def post(self, path: str) -> Path:
        """Archive a path: it takes no new learners; enrolled learners continue.

        Completions stay. `POST …/publish` publishes it again. The example archives the path of
        `POST /api/v1/paths`.
        """
        archived = publication.archive(services.lock_path(path))
        db.session.commit()
        return archived


@blp.route("/paths/<path_slug:path>/validate", get="validatePath")
class PathValidation(MethodView):
    """Whether a path can be completed."""

    @requires(EDIT_PATH)
    @blp.response(200, ValidationSchema)
    @blp.raises(services.PathNotFound)
    def get(self, path: str) -> dict[str, Any]:
        """Tell whether a path can be completed, and list the reasons why not.

        Reasons are: no required module, a cycle of prerequisites, a required module that is not
        published.
        """
        found = services.get_path(path, readable_paths(current_caller()))
        issues = find_issues(found, services.modules_of(found))
        return {"completable": not issues, "problems": [one.as_dict() for one in issues]}
