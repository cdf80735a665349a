"""Materials (附件): contents by digest, and what was handed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.text("clock_timestamp()")
    op.create_table(
        "material_content",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_material_content")),
    )
    op.create_index("ix_material_content_touched", "material_content", ["touched_at"])
    op.create_table(
        "material",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("task", sa.Text(), nullable=True),
        sa.Column("submission", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["digest"], ["material_content.digest"], name=op.f("fk_material_digest")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_material_by")),
        sa.ForeignKeyConstraint(["case_number"], ["case_.number"], name=op.f("fk_material_case_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
    )
    draft = sa.text("case_number is null")
    op.create_index(
        "ix_material_case", "material", ["case_number"], postgresql_where=sa.text("case_number is not null")
    )
    op.create_index("ix_material_draft", "material", ["by"], postgresql_where=draft)
    op.create_index("ix_material_old_draft", "material", ["recorded_at"], postgresql_where=draft)
    op.create_index("ix_material_digest", "material", ["digest"])
