"""The addresses of paths and modules."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..pages import Page, PageQuerySchema
from ..permissions import caller_if_any, public
from ..rest import Blueprint
from . import services
from .models import Module, Path
from .permissions import readable_statuses
from .schemas import (
    MembershipSchema,
    ModuleQuerySchema,
    ModuleSchema,
    PathQuerySchema,
    PathSchema,
)

blp = Blueprint("paths", __name__, description="What there is to learn: paths and modules")


@blp.route("/paths")
class PathCollection(MethodView):
    """All paths."""

    @public
    @blp.arguments(PathQuerySchema, location="query")
    @blp.page(PathSchema)
    def get(self, query: dict[str, Any]) -> Page:
        """List paths, in the order of their slugs. Staff see drafts too."""
        return services.list_paths(statuses=readable_statuses(caller_if_any()), **query)


@blp.route("/paths/<path_slug:path>")
class PathResource(MethodView):
    """One path."""

    @public
    @blp.response(200, PathSchema)
    def get(self, path: str) -> Path:
        """Show a path."""
        return services.get_path(path, readable_statuses(caller_if_any()))


@blp.route("/paths/<path_slug:path>/modules")
class PathModules(MethodView):
    """The modules of one path."""

    @public
    @blp.arguments(PageQuerySchema, location="query")
    @blp.page(MembershipSchema)
    def get(self, query: dict[str, Any], path: str) -> Page:
        """List the modules of a path, in its order."""
        return services.list_memberships(path, readable_statuses(caller_if_any()), **query)


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
        statuses = readable_statuses(caller_if_any(), query.pop("status"))
        return services.list_modules(statuses=statuses, **query)


@blp.route("/modules/<module_slug:module>")
class ModuleResource(MethodView):
    """One module."""

    @public
    @blp.response(200, ModuleSchema)
    def get(self, module: str) -> Module:
        """Show a module."""
        return services.get_module(module, readable_statuses(caller_if_any()))
