"""The addresses of modules."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..errors import Forbidden
from ..extensions import db
from ..pages import Page, PageQuerySchema
from ..paths import describing, services
from ..paths.authoring import SlugTaken
from ..paths.models import Module
from ..paths.permissions import CREATE_MODULE, EDIT_MODULE, readable_modules
from ..paths.validation import PathNotCompletable
from ..permissions import caller_if_any, open_to_all, requires, the_caller
from ..progress import merging, stubs
from ..rest import Blueprint
from .schemas import (
    MergeSchema,
    ModuleChangesSchema,
    ModuleQuerySchema,
    ModuleSchema,
    NewModuleSchema,
    StubSchema,
)

blp = Blueprint(
    "modules",
    __name__,
    description="The units that are completed. One module may stand in many paths.",
)


@blp.route("/modules")
class ModuleCollection(MethodView):
    """All modules."""

    @open_to_all
    @blp.arguments(ModuleQuerySchema, location="query")
    @blp.page(ModuleSchema)
    @blp.refuses(Forbidden)
    def get(self, query: dict[str, Any]) -> Page:
        """List modules, in the order of their slugs.

        Staff also see drafts, and with `status=uncatalogued` the stubs: modules that
        learners have reported and nobody has described yet.
        """
        readable = readable_modules(caller_if_any(), query.pop("status"))
        return services.list_modules(readable=readable, **query)

    @requires(CREATE_MODULE)
    @blp.etag
    @blp.arguments(NewModuleSchema)
    @blp.response(201, ModuleSchema)
    @blp.refuses(SlugTaken)
    def post(self, new_module: dict[str, Any]) -> Module:
        """Make a module, as a draft unless `status` says else.

        One that learners have reported already, a stub, is adopted and keeps their progress.
        """
        module = describing.create_module(**new_module, by=the_caller().user_id)
        db.session.commit()
        return module


@blp.route("/modules/<module_slug:module>/merge")
class ModuleMerger(MethodView):
    """Where a stub becomes part of a real module."""

    @requires(EDIT_MODULE)
    @blp.arguments(MergeSchema)
    @blp.response(200, ModuleSchema)
    @blp.refuses(services.ModuleNotFound, merging.NotAStub)
    @blp.tried_with(module="something-new")
    def post(self, body: dict[str, Any], module: str) -> Module:
        """Merge a stub into a module of the catalogue.

        What learners reported of both is joined, and the stub's slug goes on working. The
        example works once somebody has reported the unknown module `something-new`.
        """
        into = services.get_module(body["into"], readable_modules(the_caller()))
        merged = merging.merge_stub(module, into.slug)
        db.session.commit()
        return merged


@blp.route("/stubs")
class StubCollection(MethodView):
    """What learners reported and nobody has described."""

    @requires(CREATE_MODULE)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.page(StubSchema)
    def get(self, query: dict[str, Any]) -> Page:
        """List the stubs, those that most learners report first.

        A stub is a module that learners have reported and nobody has described. Describe it with
        `PATCH /api/v1/modules/{module}`, or merge it into the module that was meant.
        """
        return stubs.list_stubs(**query)


@blp.route("/modules/<module_slug:module>")
class ModuleResource(MethodView):
    """One module."""

    @open_to_all
    @blp.etag
    @blp.response(200, ModuleSchema)
    @blp.refuses(services.ModuleNotFound)
    def get(self, module: str) -> Module:
        """Show a module.

        What is not published is only there for staff. The slug of a merged stub leads to the
        module that it was merged into.
        """
        return services.get_module(module, readable_modules(caller_if_any()))

    @requires(EDIT_MODULE)
    @blp.etag
    @blp.arguments(ModuleChangesSchema)
    @blp.response(200, ModuleSchema)
    @blp.refuses(services.ModuleNotFound, PathNotCompletable)
    @blp.tried_with(module="a-module-of-my-own")
    def patch(self, changes: dict[str, Any], module: str) -> Module:
        """Change a module; describing a stub adopts it.

        What is absent stays as it is. A higher `revision` marks earlier completions as outdated,
        and takes none away. Unpublishing what a published path needs is refused.
        The example changes what that of `POST /api/v1/modules` has made.
        """
        current = describing.lock_module(module)
        blp.check_etag(current, ModuleSchema)
        changed = describing.change_module(current, by=the_caller().user_id, **changes)
        db.session.commit()
        return changed

    @requires(EDIT_MODULE)
    @blp.etag
    @blp.response(204)
    @blp.refuses(services.ModuleNotFound, describing.ModuleInUse)
    @blp.tried_with(module="a-module-of-my-own")
    def delete(self, module: str) -> None:
        """Delete a module that nobody has used; any other is archived instead.

        One with progress or in a path is used. The example deletes what that of
        `POST /api/v1/modules` has made.
        """
        current = describing.lock_module(module)
        blp.check_etag(current, ModuleSchema)
        describing.remove_module(current)
        db.session.commit()
