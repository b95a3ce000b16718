"""The endpoints of modules."""

from typing import Any

from flask.views import MethodView

from ..db import db
from ..errors import Forbidden
from ..paths.validation import PathNotCompletable
from ..permissions import current_caller, current_caller_or_none, optional_auth, requires
from ..progress import merge, stubs
from ..web.blueprint import Blueprint
from ..web.pagination import Page, PageQuerySchema
from . import services
from .models import Module
from .permissions import CREATE_MODULE, EDIT_MODULE, readable_modules
from .schemas import (
    MergeSchema,
    ModuleChangesSchema,
    ModuleQuerySchema,
    ModuleSchema,
    NewModuleSchema,
    StubSchema,
)

blp = Blueprint(
    "modules", __name__, description="The units of learning. A module may be in many paths."
)


@blp.route("/modules", get="listModules", post="createModule")
class ModuleCollection(MethodView):
    """All modules."""

    @optional_auth
    @blp.arguments(ModuleQuerySchema, location="query")
    @blp.paginated_response(ModuleSchema)
    @blp.raises(Forbidden)
    def get(self, query: dict[str, Any]) -> Page:
        """List modules, in the order of their slugs.

        Staff also see drafts, and with `status=uncatalogued` the stubs: modules that
        learners have reported and staff have not described yet.
        """
        readable = readable_modules(current_caller_or_none(), query.pop("status"))
        return services.list_modules(readable=readable, **query)

    @requires(CREATE_MODULE)
    @blp.etag
    @blp.arguments(NewModuleSchema)
    @blp.response(201, ModuleSchema)
    @blp.raises(services.SlugTaken)
    def post(self, new_module: dict[str, Any]) -> Module:
        """Create a module, as a draft unless `status` is given.

        A stub, which learners have reported already, is adopted and keeps their progress.
        """
        module = services.create_module(**new_module, by=current_caller().user_id)
        db.session.commit()
        return module


@blp.route("/modules/<module_slug:module>/merge", post="mergeModule")
class ModuleMerger(MethodView):
    """Merge a stub into a module."""

    @requires(EDIT_MODULE)
    @blp.arguments(MergeSchema)
    @blp.response(200, ModuleSchema)
    @blp.raises(services.ModuleNotFound, merge.NotAStub)
    @blp.example_path(module="something-new")
    def post(self, body: dict[str, Any], module: str) -> Module:
        """Merge a stub into a module of the catalogue.

        The progress on both is combined, and the slug of the stub stays valid. The example
        works once a learner has reported the unknown module `something-new`.
        """
        into = services.get_module(body["into"], readable_modules(current_caller()))
        merged = merge.merge_stub(module, into.slug)
        db.session.commit()
        return merged


@blp.route("/stubs", get="listStubs")
class StubCollection(MethodView):
    """Modules that learners have reported and staff have not described."""

    @requires(CREATE_MODULE)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.paginated_response(StubSchema)
    def get(self, query: dict[str, Any]) -> Page:
        """List the stubs, sorted by the number of learners who reported them.

        A stub is a module that learners have reported and staff have not described. Describe it
        with `PATCH /api/v1/modules/{module}`, or merge it into the intended module.
        """
        return stubs.list_stubs(**query)


@blp.route(
    "/modules/<module_slug:module>", get="getModule", patch="updateModule", delete="deleteModule"
)
class ModuleResource(MethodView):
    """One module."""

    @optional_auth
    @blp.etag
    @blp.response(200, ModuleSchema)
    @blp.raises(services.ModuleNotFound)
    def get(self, module: str) -> Module:
        """Show a module.

        Only staff see modules that are not published. The slug of a merged stub shows the
        module that it was merged into.
        """
        return services.get_module(module, readable_modules(current_caller_or_none()))

    @requires(EDIT_MODULE)
    @blp.etag
    @blp.arguments(ModuleChangesSchema)
    @blp.response(200, ModuleSchema)
    @blp.raises(services.ModuleNotFound, PathNotCompletable)
    @blp.example_path(module="a-module-of-my-own")
    def patch(self, changes: dict[str, Any], module: str) -> Module:
        """Change a module; describing a stub adopts it.

        Absent fields stay as they are. A higher `revision` marks earlier completions as
        outdated, and removes none. A module that a published path requires stays published.
        The example changes the module of `POST /api/v1/modules`.
        """
        current = services.lock_module(module)
        blp.check_etag(current, ModuleSchema)
        changed = services.change_module(current, by=current_caller().user_id, **changes)
        db.session.commit()
        return changed

    @requires(EDIT_MODULE)
    @blp.etag
    @blp.response(204)
    @blp.raises(services.ModuleNotFound, services.ModuleInUse)
    @blp.example_path(module="a-module-of-my-own")
    def delete(self, module: str) -> None:
        """Delete a module without progress that is in no path; archive any other instead.

        The example deletes the module of `POST /api/v1/modules`.
        """
        current = services.lock_module(module)
        blp.check_etag(current, ModuleSchema)
        services.remove_module(current)
        db.session.commit()
