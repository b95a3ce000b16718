"""Who may report what a learner did."""

from ..permissions import Permission, a_key_for, an_admin, themselves

REPORT_PROGRESS = Permission("progress:report", themselves, an_admin, a_key_for("progress:write"))
