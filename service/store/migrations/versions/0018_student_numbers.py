"""Student numbers with their history: sealed rows; those who have one get it as their first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from service.ids import new_id
from service.settings import Settings
from service.store.vault import Vault

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create sequence student_number_serial")
    op.create_table(
        "student_number",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("student", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("clauses", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("case_number", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["student"], ["student.id"], name=op.f("fk_student_number_student_student")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_number")),
    )
    op.create_index("ix_student_number_blind", "student_number", ["scheme", "blind"])
    op.create_index(
        "ix_student_number_present",
        "student_number",
        ["student", "scheme"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_index("ix_student_number_student", "student_number", ["student"])
    _first_numbers()


def _first_numbers() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            """select e.student, e.number_class, p.sealed from enrolment e
               join personal_data p on p.student = e.student and p.kind = 'id_number'
               where e.number_class in ('L', 'G')"""
        )
    ).all()
    if not rows:
        return
    settings = Settings.from_env()
    vault = Vault.of(settings.secret_key, settings.sealing_keys)
    add = sa.text(
        """insert into student_number (id, student, scheme, kind, sealed, blind)
           values (:id, :student, 'national', :kind, :sealed, :blind)"""
    )
    for student, kind, sealed in rows:
        number = kind + vault.open(bytes(sealed), f"personal_data/{student}/id_number").decode()
        key = new_id()
        connection.execute(
            add,
            {
                "id": key,
                "student": student,
                "kind": kind,
                "sealed": vault.seal(number.encode(), f"student_number/{key}"),
                "blind": vault.index(number, "national"),
            },
        )
