"""Materials (附件): contents kept once under their SHA-256, and who handed in which of them for what.

In the database, not in a folder: a file and the case that rests on it are then one transaction and one backup, and
every machine of an installation sees them. At 2 MB each PostgreSQL keeps them out of line, where no other query looks.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.db import db
from service.store.models.columns import Bytes, Id, Instant, Str


class MaterialContent(db.Model):  # type: ignore[name-defined,misc]
    """The bytes of a file, sealed, once however often handed in; ``touched_at`` keeps the sweep off what is in use."""

    __tablename__ = "material_content"
    __table_args__ = (Index("ix_material_content_touched", "touched_at"),)
    digest: Mapped[Id]
    content: Mapped[Bytes]
    touched_at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))


class Material(db.Model):  # type: ignore[name-defined,misc]
    """One file handed in; without ``case_number`` a draft of whoever uploaded it."""

    __tablename__ = "material"
    __table_args__ = (
        Index("ix_material_case", "case_number", postgresql_where=text("case_number is not null")),
        Index("ix_material_draft", "by", postgresql_where=text("case_number is null")),
        Index("ix_material_old_draft", "recorded_at", postgresql_where=text("case_number is null")),
        Index("ix_material_digest", "digest"),
    )
    id: Mapped[Id]
    digest: Mapped[Str] = mapped_column(ForeignKey("material_content.digest"))
    name: Mapped[Str]
    description: Mapped[Str] = mapped_column(server_default="")
    media_type: Mapped[Str]
    size: Mapped[int]
    by: Mapped[Str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
    recorded_at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))
    case_number: Mapped[Str | None] = mapped_column(ForeignKey("case_.number"))
    task: Mapped[Str | None]
    submission: Mapped[Str | None]
    region: Mapped[Str] = mapped_column(server_default="")  # whose side of a case has it; empty: every side
