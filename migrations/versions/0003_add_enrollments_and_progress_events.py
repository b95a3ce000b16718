"""Add enrollments and progress events.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


OLD_STATUSES = "status IN ('in_progress', 'completed')"
NEW_STATUSES = "status IN ('not_started', 'in_progress', 'completed', 'skipped', 'waived')"


def moment():
    return sa.DateTime(timezone=True)


def user_id():
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "enrollments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "path_slug",
            sa.String(length=80).with_variant(sa.VARCHAR(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "enrolled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_path_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('active', 'completed', 'withdrawn')", name=op.f("ck_enrollments_status")
        ),
        sa.ForeignKeyConstraint(
            ["enrolled_by"],
            ["users.id"],
            name=op.f("fk_enrollments_enrolled_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["path_slug"], ["paths.slug"], name=op.f("fk_enrollments_path_slug_paths")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_enrollments_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollments")),
        sa.UniqueConstraint("user_id", "path_slug", name=op.f("uq_enrollments_user_id_path_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_enrollments_enrolled_by"), "enrollments", ["enrolled_by"], unique=False
    )
    op.create_index("ix_enrollments_path_slug_id", "enrollments", ["path_slug", "id"], unique=False)
    op.create_table(
        "enrollment_acts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column(
            "by_user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_user_id"],
            ["users.id"],
            name=op.f("fk_enrollment_acts_by_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollments.id"],
            name=op.f("fk_enrollment_acts_enrollment_id_enrollments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_acts")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_enrollment_acts_by_user_id"), "enrollment_acts", ["by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_enrollment_acts_enrollment_id"), "enrollment_acts", ["enrollment_id"], unique=False
    )
    op.create_table(
        "progress_events",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column(
            "module_slug",
            sa.String(length=100).with_variant(sa.VARCHAR(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("time_spent", sa.Integer(), nullable=False),
        sa.Column("position", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("reported_by", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('started', 'completed', 'reopened', 'reset')",
            name=op.f("ck_progress_events_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_progress_events_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_progress_events")),
    )
    op.create_index(
        "ix_progress_events_user_id_module_slug",
        "progress_events",
        ["user_id", "module_slug"],
        unique=False,
    )
    op.create_index(
        "ix_progress_events_user_id_occurred_at_id",
        "progress_events",
        ["user_id", "occurred_at", "id"],
        unique=False,
    )
    with op.batch_alter_table("modules") as modules:
        modules.add_column(sa.Column("made_by", user_id(), nullable=True))
        modules.create_foreign_key(
            op.f("fk_modules_made_by_users"), "users", ["made_by"], ["id"], ondelete="SET NULL"
        )
        modules.create_index(op.f("ix_modules_made_by"), ["made_by"])
    with op.batch_alter_table("progress") as progress:
        progress.add_column(sa.Column("last_completed_at", moment(), nullable=True))
        progress.add_column(sa.Column("last_reopened_at", moment(), nullable=True))
        progress.add_column(sa.Column("reset_at", moment(), nullable=True))
        progress.add_column(
            sa.Column("highest_percent", sa.Integer(), nullable=False, server_default="0")
        )
        progress.add_column(sa.Column("score", sa.Double(), nullable=True))
        progress.add_column(
            sa.Column("time_spent", sa.BigInteger(), nullable=False, server_default="0")
        )
        progress.add_column(sa.Column("position", sa.JSON(), nullable=True))
        progress.add_column(sa.Column("position_at", moment(), nullable=True))
        progress.add_column(sa.Column("position_id", sa.String(length=128), nullable=True))
        progress.add_column(sa.Column("completed_revision", sa.Integer(), nullable=True))
        progress.add_column(sa.Column("waived_at", moment(), nullable=True))
        progress.add_column(sa.Column("waived_by", user_id(), nullable=True))
        progress.add_column(sa.Column("waive_reason", sa.String(length=500), nullable=True))
        progress.add_column(sa.Column("skipped_at", moment(), nullable=True))
        progress.add_column(
            sa.Column("updated_at", moment(), nullable=False, server_default="1970-01-01 00:00:00")
        )
        progress.alter_column("started_at", existing_type=moment(), nullable=True)
        progress.alter_column("last_activity_at", existing_type=moment(), nullable=True)
        progress.drop_constraint(op.f("ck_progress_status"), type_="check")
        progress.create_check_constraint(op.f("ck_progress_status"), NEW_STATUSES)
        progress.create_foreign_key(
            op.f("fk_progress_waived_by_users"), "users", ["waived_by"], ["id"], ondelete="SET NULL"
        )
        progress.create_index(op.f("ix_progress_waived_by"), ["waived_by"])


def downgrade():
    op.execute("DELETE FROM progress WHERE started_at IS NULL")
    op.execute("UPDATE progress SET status = 'completed' WHERE status = 'waived'")
    op.execute("UPDATE progress SET status = 'in_progress' WHERE status <> 'completed'")
    with op.batch_alter_table("progress") as progress:
        progress.drop_index(op.f("ix_progress_waived_by"))
        progress.drop_constraint(op.f("fk_progress_waived_by_users"), type_="foreignkey")
        progress.drop_constraint(op.f("ck_progress_status"), type_="check")
        progress.create_check_constraint(op.f("ck_progress_status"), OLD_STATUSES)
        progress.alter_column("last_activity_at", existing_type=moment(), nullable=False)
        progress.alter_column("started_at", existing_type=moment(), nullable=False)
        for column in (
            "updated_at",
            "skipped_at",
            "waive_reason",
            "waived_by",
            "waived_at",
            "completed_revision",
            "position_id",
            "position_at",
            "position",
            "time_spent",
            "score",
            "highest_percent",
            "reset_at",
            "last_reopened_at",
            "last_completed_at",
        ):
            progress.drop_column(column)
    with op.batch_alter_table("modules") as modules:
        modules.drop_index(op.f("ix_modules_made_by"))
        modules.drop_constraint(op.f("fk_modules_made_by_users"), type_="foreignkey")
        modules.drop_column("made_by")
    op.drop_table("progress_events")
    op.drop_table("enrollment_acts")
    op.drop_table("enrollments")
