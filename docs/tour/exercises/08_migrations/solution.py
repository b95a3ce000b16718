"""One possible solution."""

import sqlalchemy as sa


def upgrade(op):
    op.add_column("modules", sa.Column("summary", sa.String(500), nullable=True))
    op.execute("UPDATE modules SET summary = title")
    with op.batch_alter_table("modules") as batch:
        batch.alter_column("summary", nullable=False)


def downgrade(op):
    with op.batch_alter_table("modules") as batch:
        batch.drop_column("summary")
