"""What paths do when a module changes."""

from typing import Any

from ..modules import signals
from . import publication


@signals.publication_changed.connect
def notify_paths(_sender: Any, module: str) -> None:
    """Check and notify the paths of a module that was published or unpublished."""
    publication.notify_paths([module])
