"""Write a path as the YAML that `read_curriculum` reads; importing it again changes nothing."""

from typing import Any

import yaml

from .importer import MODULE_FIELDS, PATH_FIELDS
from .models import Path, PathModule
from .services import modules_of


def export_curriculum(path: Path) -> dict[str, Any]:
    """Return a path and its modules in the form that `import_curriculum` takes."""
    fields = {"slug": path.slug, **{name: getattr(path, name) for name in PATH_FIELDS}}
    return {
        "path": {**fields, "status": path.status, "tags": sorted(path.tags)},
        "modules": [_entry(one) for one in modules_of(path)],
    }


def to_yaml(curriculum: dict[str, Any]) -> str:
    """Return a curriculum as YAML text."""
    return str(yaml.safe_dump(curriculum, sort_keys=False, allow_unicode=True, width=100))


def _entry(one: PathModule) -> dict[str, Any]:
    values = {name: getattr(one.module, name) for name in MODULE_FIELDS}
    return {
        "slug": one.module_slug,
        **{name: value for name, value in values.items() if value is not None},
        "status": one.module.status,
        "revision": one.module.revision,
        "required": one.required,
        "requires": one.requires,
    }
