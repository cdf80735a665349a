"""Substitutes for people who are away."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.db import db
from service.store.models.columns import Day, Id, Instant, Str


class Substitute(db.Model):  # type: ignore[name-defined,misc]
    """Somebody stands in for another in one role of one unit; both days belong to the period."""

    __tablename__ = "substitute"
    __table_args__ = (
        Index("ix_substitute_substitute", "substitute", postgresql_where=text("revoked_at is null")),
        Index("ix_substitute_absent", "absent", postgresql_where=text("revoked_at is null")),
        Index("ix_substitute_unit", "unit", postgresql_where=text("revoked_at is null")),
    )
    id: Mapped[Id]
    absent: Mapped[Str] = mapped_column(ForeignKey("person.id"))
    substitute: Mapped[Str] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Str]
    unit: Mapped[Str] = mapped_column(ForeignKey("unit.id"))
    since: Mapped[Day]
    until: Mapped[Day]
    reason: Mapped[Str] = mapped_column(server_default="")
    granted_by: Mapped[Str]
    granted_at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))
    revoked_at: Mapped[Instant | None]
