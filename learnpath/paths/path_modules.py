"""Replace the ordered list of a path's modules."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from ..db import db
from ..errors import InvalidInput
from ..modules.models import PUBLISHED, UNCATALOGUED, Module
from . import signals
from .models import Path, PathModule
from .services import modules_of
from .validation import check_acyclic, check_completable

MODULES_MAX = 500


def replace_modules(
    path: Path, items: Sequence[dict[str, Any]], readable: sa.ColumnElement[bool]
) -> None:
    """Make `items` the whole ordered list of a path's modules: `{module, required, requires}`.

    Progress and completions stay. Learners who have now completed all required modules
    complete the path (rule 3). Raises InvalidInput, PathNotCompletable.
    """
    if set_modules(path, check_modules(path, items, readable)):
        path.version += 1
        db.session.flush()
    signals.requirements_changed.send(Path, path=path.slug)


def check_modules(
    path: Path, items: Sequence[dict[str, Any]], readable: sa.ColumnElement[bool]
) -> list[PathModule]:
    """Return `items` as rows, in order; nothing is written.

    A module that is not `readable` to the author counts as unknown. Raises InvalidInput, and
    PathNotCompletable for a published path.
    """
    modules = _make_path_modules(items, readable)
    check_acyclic(path, modules)
    if path.status == PUBLISHED:
        check_completable(path, modules)
    return modules


def set_modules(path: Path, modules: Sequence[PathModule]) -> bool:
    """Store `modules` as the modules of a path; return whether they changed."""
    if list(map(_content, modules_of(path))) == list(map(_content, modules)):
        return False
    path.path_modules = []
    db.session.flush()  # frees the positions for the new rows
    path.path_modules = list(modules)
    db.session.flush()
    return True


def _content(one: PathModule) -> tuple[str, bool, list[str]]:
    return one.module_slug, one.required, one.requires


def _make_path_modules(
    items: Sequence[dict[str, Any]], readable: sa.ColumnElement[bool]
) -> list[PathModule]:
    if len(items) > MODULES_MAX:
        raise InvalidInput(errors={"_schema": [f"A path has at most {MODULES_MAX} modules."]})
    slugs = [item["module"] for item in items]
    rows = sa.select(Module).where(Module.slug.in_(slugs), Module.status != UNCATALOGUED, readable)
    current = rows.execution_options(populate_existing=True)
    modules = {module.slug: module for module in db.session.scalars(current)}
    _check_items(items, slugs, modules)
    return [
        PathModule(
            module_slug=item["module"],
            module=modules[item["module"]],
            position=position,
            required=item["required"],
            requires=list(dict.fromkeys(item["requires"])),
        )
        for position, item in enumerate(items, start=1)
    ]


def _check_items(
    items: Sequence[dict[str, Any]], slugs: list[str], modules: Collection[str]
) -> None:
    """Raise InvalidInput for unknown and duplicate modules, and for unknown prerequisites."""
    errors: dict[Any, dict[str, list[str]]] = {}
    for index, item in enumerate(items):
        if item["module"] not in modules:
            errors[index] = {"module": ["There is no such module in the catalogue."]}
        elif item["module"] in slugs[:index]:
            errors[index] = {"module": ["This module is already in the list."]}
        elif missing := [slug for slug in item["requires"] if slug not in slugs]:
            errors[index] = {"requires": [f"Not in this path: {', '.join(missing)}."]}
    if errors:
        raise InvalidInput(errors=errors)
