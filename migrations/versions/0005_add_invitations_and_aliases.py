"""Add invitations, aliases of merged modules, and an index for reports.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():

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
    op.create_table(
        "module_aliases",
        sa.Column(
            "slug",
            sa.String(length=100).with_variant(sa.VARCHAR(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "module_slug",
            sa.String(length=100).with_variant(sa.VARCHAR(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["module_slug"],
            ["modules.slug"],
            name=op.f("fk_module_aliases_module_slug_modules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_module_aliases")),
    )
    op.create_index(
        op.f("ix_module_aliases_module_slug"), "module_aliases", ["module_slug"], unique=False
    )
    op.drop_index(op.f("ix_progress_module_slug"), table_name="progress")
    op.create_index(
        "ix_progress_module_slug_status_user_id",
        "progress",
        ["module_slug", "status", "user_id"],
        unique=False,
    )


def downgrade():

    op.drop_index("ix_progress_module_slug_status_user_id", table_name="progress")
    op.create_index(op.f("ix_progress_module_slug"), "progress", ["module_slug"], unique=False)
    op.drop_index(op.f("ix_module_aliases_module_slug"), table_name="module_aliases")
    op.drop_table("module_aliases")
    op.drop_index(op.f("ix_invitations_path_slug"), table_name="invitations")
    op.drop_index(op.f("ix_invitations_invited_by"), table_name="invitations")
    op.drop_table("invitations")
