"""Who may report what a learner did."""

from ..permissions import Permission, an_admin, themselves

REPORT_PROGRESS = Permission("progress:report", themselves, an_admin)
