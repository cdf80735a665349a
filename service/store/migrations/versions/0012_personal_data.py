"""Personal data is sealed: identity numbers in a table of their own, submissions and kept answers where they are."""

from __future__ import annotations

import orjson
import sqlalchemy as sa
from alembic import op

from service.settings import Settings
from service.store.vault import Vault

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personal_data",
        sa.Column("student", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["student"], ["student.id"], name=op.f("fk_personal_data_student_student")),
        sa.PrimaryKeyConstraint("student", "kind", name=op.f("pk_personal_data")),
        sa.UniqueConstraint("kind", "blind", name=op.f("uq_personal_data_kind_blind")),
    )
    op.add_column("submission", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    _seal(
        "select task, data from submission",
        "update submission set sealed = :sealed where task = :key",
        "submission",
    )
    _seal(
        "select digest, content from material_content",
        "update material_content set content = :sealed where digest = :key",
        "material_content",
    )
    op.alter_column("submission", "sealed", nullable=False)
    op.drop_column("submission", "data")
    # The answers of the last day were kept as they were sent: what was done stays done, its answer is forgotten.
    op.execute(
        "update idempotency_key set status = null, body = null, committed = true where status is not null"
    )


def _seal(select: str, change: str, place: str) -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text(select), execution_options={"yield_per": 10})
    vault: Vault | None = None
    for key, plain in rows:
        if vault is None:
            settings = Settings.from_env()
            vault = Vault.of(settings.secret_key, settings.sealing_keys)
        content = bytes(plain) if isinstance(plain, bytes | memoryview) else orjson.dumps(plain)
        sealed = vault.seal(content, f"{place}/{key}")
        connection.execute(sa.text(change), {"key": key, "sealed": sealed})
