"""Looking ahead at what another list of modules would mean for those who follow a path."""

from __future__ import annotations

from typing import Any

from ..paths import arranging
from ..paths.models import Path
from ..paths.services import Condition
from . import impact


def preview_modules(
    path: Path, entries: list[dict[str, Any]], readable: Condition
) -> dict[str, int]:
    """Count the learners whom `entries` as the new modules of a path would concern.

    Nothing is written or announced. Raises what replacing the modules would raise.
    """
    return impact.of_edit(path, arranging.check_modules(path, entries, readable))
