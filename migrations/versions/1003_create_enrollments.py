"""Create enrollments, their history, and invitations.

Revision: 1003, after 1002
"""

import sqlalchemy as sa
from alembic import op

revision = "1003"
down_revision = "1002"
branch_labels = None
depends_on = None


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
        "enrollment_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "by_user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_user_id"],
            ["users.id"],
            name=op.f("fk_enrollment_events_by_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollments.id"],
            name=op.f("fk_enrollment_events_enrollment_id_enrollments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_enrollment_events_by_user_id"), "enrollment_events", ["by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_enrollment_events_enrollment_id"),
        "enrollment_events",
        ["enrollment_id"],
        unique=False,
    )
    op.create_table(
        "invitations",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "path_slug",
            sa.String(length=80).with_variant(sa.VARCHAR(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column(
            "invited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["users.id"],
            name=op.f("fk_invitations_invited_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["path_slug"],
            ["paths.slug"],
            name=op.f("fk_invitations_path_slug_paths"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("email", "path_slug", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_invited_by"), "invitations", ["invited_by"], unique=False)
    op.create_index(op.f("ix_invitations_path_slug"), "invitations", ["path_slug"], unique=False)


def downgrade():
    op.drop_table("invitations")
    op.drop_table("enrollment_events")
    op.drop_table("enrollments")
