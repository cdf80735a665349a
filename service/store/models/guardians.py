"""Codes by which guardians follow a case."""

from __future__ import annotations

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.db import db
from service.store.models.columns import Instant, Str


class GuardianCode(db.Model):  # type: ignore[name-defined,misc]
    """One code a case, kept as a keyed hash."""

    __tablename__ = "guardian_code"
    case_number: Mapped[Str] = mapped_column(ForeignKey("case_.number"), primary_key=True)
    hash: Mapped[Str]
    by: Mapped[Str]
    issued_at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))
