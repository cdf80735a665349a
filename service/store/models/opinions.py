"""Opinions of colleagues (加签)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.db import db
from service.store.models.columns import Id, Instant, Str


class Opinion(db.Model):  # type: ignore[name-defined,misc]
    """A colleague was asked about a task; ``agrees`` is null until they answered, ``dropped_at`` if they need not."""

    __tablename__ = "opinion"
    __table_args__ = (
        Index("ix_opinion_task", "task"),
        Index("ix_opinion_asked", "person", postgresql_where=text("agrees is null and dropped_at is null")),
    )
    id: Mapped[Id]
    task: Mapped[Str] = mapped_column(ForeignKey("user_task.id"))
    person: Mapped[Str] = mapped_column(ForeignKey("person.id"))
    asked_by: Mapped[Str] = mapped_column(ForeignKey("person.id"))
    question: Mapped[Str] = mapped_column(server_default="")
    asked_at: Mapped[Instant]
    agrees: Mapped[bool | None]
    text: Mapped[Str] = mapped_column(server_default="")
    given_at: Mapped[Instant | None]
    dropped_at: Mapped[Instant | None]
