"""Writing a path as the YAML that `read_curriculum` reads: the round trip is exact."""

from __future__ import annotations

from typing import Any

import yaml

from .arranging import memberships_of
from .importing import ABOUT_A_MODULE, ABOUT_A_PATH
from .models import Membership, Path


def export_curriculum(path: Path) -> dict[str, Any]:
    """Return a path and its modules as `import_curriculum` takes them."""
    about = {"slug": path.slug, **{name: getattr(path, name) for name in ABOUT_A_PATH}}
    return {
        "path": {**about, "status": path.status, "tags": sorted(path.tags)},
        "modules": [_entry(place) for place in memberships_of(path)],
    }


def to_yaml(curriculum: dict[str, Any]) -> str:
    """Return a curriculum as YAML text."""
    return str(yaml.safe_dump(curriculum, sort_keys=False, allow_unicode=True, width=100))


def _entry(place: Membership) -> dict[str, Any]:
    about = {name: getattr(place.module, name) for name in ABOUT_A_MODULE}
    said = {name: value for name, value in about.items() if value is not None}
    return {
        "slug": place.module_slug,
        **said,
        "status": place.module.status,
        "revision": place.module.revision,
        "required": place.required,
        "requires": place.requires,
    }
