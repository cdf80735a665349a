"""Indexes for lists of students and units."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_enrolment_roll", "enrolment", ["school", "grade", "class_no"])
    op.create_index("ix_student_name", "student", ["name"], postgresql_ops={"name": "text_pattern_ops"})
    op.create_index("ix_unit_county", "unit", ["county", "kind"])
    op.create_index("ix_unit_parent", "unit", ["parent"])
    op.create_index("ix_unit_run_by", "unit", ["run_by"])
