"""Create what there is to learn: modules, paths, and which stands where.

Revision: 1002, after 1001
"""

import sqlalchemy as sa
from alembic import op

revision = "1002"
down_revision = "1001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "modules",
        sa.Column(
            "slug",
            sa.String(length=100).with_variant(sa.VARCHAR(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=1000), nullable=False),
        sa.Column("goals", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("estimated_minutes", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "reported_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('lesson', 'reading', 'video', 'exercise', 'quiz', 'project')",
            name=op.f("ck_modules_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'archived', 'uncatalogued')",
            name=op.f("ck_modules_status"),
        ),
        sa.ForeignKeyConstraint(
            ["reported_by"],
            ["users.id"],
            name=op.f("fk_modules_reported_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_modules_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_modules")),
    )
    op.create_index(op.f("ix_modules_reported_by"), "modules", ["reported_by"], unique=False)
    op.create_index(op.f("ix_modules_created_by"), "modules", ["created_by"], unique=False)
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
    op.create_table(
        "paths",
        sa.Column(
            "slug",
            sa.String(length=80).with_variant(sa.VARCHAR(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("order_policy", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "level IN ('beginner', 'intermediate', 'advanced')", name=op.f("ck_paths_level")
        ),
        sa.CheckConstraint(
            "order_policy IN ('free', 'sequential')", name=op.f("ck_paths_order_policy")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'archived')", name=op.f("ck_paths_status")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_paths")),
    )
    op.create_table(
        "path_tags",
        sa.Column(
            "path_slug",
            sa.String(length=80).with_variant(sa.VARCHAR(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["path_slug"],
            ["paths.slug"],
            name=op.f("fk_path_tags_path_slug_paths"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("path_slug", "word", name=op.f("pk_path_tags")),
    )
    op.create_index(op.f("ix_path_tags_word"), "path_tags", ["word"], unique=False)
    op.create_table(
        "path_authors",
        sa.Column(
            "path_slug",
            sa.String(length=80).with_variant(sa.VARCHAR(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["path_slug"],
            ["paths.slug"],
            name=op.f("fk_path_authors_path_slug_paths"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_path_authors_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("path_slug", "user_id", name=op.f("pk_path_authors")),
    )
    op.create_index(op.f("ix_path_authors_user_id"), "path_authors", ["user_id"], unique=False)
    op.create_table(
        "path_modules",
        sa.Column(
            "path_slug",
            sa.String(length=80).with_variant(sa.VARCHAR(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "module_slug",
            sa.String(length=100).with_variant(sa.VARCHAR(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("requires", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_slug"], ["modules.slug"], name=op.f("fk_path_modules_module_slug_modules")
        ),
        sa.ForeignKeyConstraint(
            ["path_slug"],
            ["paths.slug"],
            name=op.f("fk_path_modules_path_slug_paths"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("path_slug", "module_slug", name=op.f("pk_path_modules")),
        sa.UniqueConstraint(
            "path_slug", "position", name=op.f("uq_path_modules_path_slug_position")
        ),
    )
    op.create_index(
        op.f("ix_path_modules_module_slug"), "path_modules", ["module_slug"], unique=False
    )


def downgrade():
    op.drop_table("path_modules")
    op.drop_table("path_authors")
    op.drop_table("path_tags")
    op.drop_table("paths")
    op.drop_table("module_aliases")
    op.drop_table("modules")
