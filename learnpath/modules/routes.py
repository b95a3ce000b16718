"""The addresses of modules."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..extensions import db
from ..pages import Page, PageQuerySchema
from ..paths import describing, services
from ..paths.models import Module
from ..paths.permissions import CREATE_MODULE, EDIT_MODULE, readable_modules
from ..permissions import caller_if_any, public, requires, the_caller
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

blp = Blueprint("modules", __name__, description="The units that are completed")


@blp.route("/modules")
class ModuleCollection(MethodView):
    """All modules."""

    @public
    @blp.arguments(ModuleQuerySchema, location="query")
    @blp.page(ModuleSchema)
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
    def post(self, new_module: dict[str, Any]) -> Module:
        """Make a module. One that learners have reported already keeps their progress."""
        module = describing.create_module(**new_module, by=the_caller().user_id)
        db.session.commit()
        return module


@blp.route("/modules/<module_slug:module>/merge")
class ModuleMerger(MethodView):
    """Where a stub becomes part of a real module."""

    @requires(EDIT_MODULE)
    @blp.arguments(MergeSchema)
    @blp.response(200, ModuleSchema)
    def post(self, body: dict[str, Any], module: str) -> Module:
        """Merge a stub into a module of the catalogue.

        What learners reported of both is joined, and the stub's slug goes on working.
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
        """List the stubs, those that most learners report first."""
        return stubs.list_stubs(**query)


@blp.route("/modules/<module_slug:module>")
class ModuleResource(MethodView):
    """One module."""

    @public
    @blp.etag
    @blp.response(200, ModuleSchema)
    def get(self, module: str) -> Module:
        """Show a module."""
        return services.get_module(module, readable_modules(caller_if_any()))

    @requires(EDIT_MODULE)
    @blp.etag
    @blp.arguments(ModuleChangesSchema)
    @blp.response(200, ModuleSchema)
    def patch(self, changes: dict[str, Any], module: str) -> Module:
        """Change a module; describing a stub adopts it."""
        current = describing.lock_module(module)
        blp.check_etag(current, ModuleSchema)
        changed = describing.change_module(current, by=the_caller().user_id, **changes)
        db.session.commit()
        return changed

    @requires(EDIT_MODULE)
    @blp.etag
    @blp.response(204)
    def delete(self, module: str) -> None:
        """Delete a module that nobody has used; any other is archived instead."""
        current = describing.lock_module(module)
        blp.check_etag(current, ModuleSchema)
        describing.remove_module(current)
        db.session.commit()
