"""Turn the progress that was kept before into events, of which it is the fold.

Revision: 0004, after 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What happened (kind), to which rows, and when.
HAPPENINGS = (
    (
        "started",
        "p.first_completed_at IS NULL OR p.started_at < p.first_completed_at",
        "started_at",
    ),
    ("completed", "p.first_completed_at IS NOT NULL", "first_completed_at"),
    (
        "completed-again",
        "p.status = 'completed' AND p.last_activity_at > p.first_completed_at",
        "last_activity_at",
    ),
    (
        "reopened",
        "p.status = 'in_progress' AND p.first_completed_at IS NOT NULL",
        "last_activity_at",
    ),
)


def upgrade():
    is_postgresql = op.get_context().dialect.name == "postgresql"
    for name, which, when in HAPPENINGS:
        date = f"(p.{when} AT TIME ZONE 'UTC')::date" if is_postgresql else f"date(p.{when})"
        kind = name.removesuffix("-again")
        revision_then = "m.revision" if kind == "completed" else "NULL"
        op.execute(
            "INSERT INTO progress_events (user_id, id, module_slug, kind, time_spent, revision, "
            "occurred_at, received_at, local_date, digest) "
            f"SELECT p.user_id, 'moved-{name}:' || p.module_slug, p.module_slug, '{kind}', 0, "
            f"{revision_then}, p.{when}, p.{when}, {date}, '' "
            f"FROM progress p JOIN modules m ON m.slug = p.module_slug WHERE {which}"
        )
    op.execute(
        "UPDATE progress SET updated_at = last_activity_at, "
        "last_completed_at = CASE WHEN status = 'completed' THEN last_activity_at "
        "ELSE first_completed_at END, "
        "last_reopened_at = CASE WHEN status = 'in_progress' AND first_completed_at IS NOT NULL "
        "THEN last_activity_at END, "
        "completed_revision = CASE WHEN first_completed_at IS NOT NULL THEN "
        "(SELECT revision FROM modules WHERE slug = module_slug) END"
    )


def downgrade():
    op.execute("DELETE FROM progress_events")
