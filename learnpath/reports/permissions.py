"""Who may read the reports on a path."""

from ..paths.permissions import an_author_of_this_path
from ..permissions import Permission, a_key_for, an_admin

READ_REPORT = Permission(
    "reports:read", an_author_of_this_path, an_admin, a_key_for("reports:read")
)
