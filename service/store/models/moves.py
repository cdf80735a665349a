"""Moves of running cases: the work of a batch, and what it takes to undo the last act by hand."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.db import db
from service.store.models.columns import Bytes, Id, Instant, Json, Str


class Undo(db.Model):  # type: ignore[name-defined,misc]
    """An instance as it was before it was last moved or taken back; one row an instance, whole rows of what it awaited.

    ``revision`` is the instance's right after that act, ``after`` what people and workers could have changed since.
    """

    __tablename__ = "undo"
    instance: Mapped[Id] = mapped_column(ForeignKey("instance.id"))
    kind: Mapped[Str]
    revision: Mapped[int]
    definition: Mapped[Str] = mapped_column(ForeignKey("definition.id"))
    state: Mapped[Bytes]
    next_due: Mapped[Instant | None]
    tasks: Mapped[Json]
    timers: Mapped[Json]
    subscriptions: Mapped[Json]
    after: Mapped[Json]
    by: Mapped[Str]
    at: Mapped[Instant]


class Batch(db.Model):  # type: ignore[name-defined,misc]
    """A move of many cases, done by a job; ``plan`` says from where to where."""

    __tablename__ = "batch"
    id: Mapped[Id]
    plan: Mapped[Json]
    total: Mapped[int]
    by: Mapped[Str]
    by_name: Mapped[Str]
    created_at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"), index=True)
    finished_at: Mapped[Instant | None]


class BatchItem(db.Model):  # type: ignore[name-defined,misc]
    """One case of a batch; ``status`` is null while it is still to be done."""

    __tablename__ = "batch_item"
    __table_args__ = (
        Index("ix_batch_item_todo", "batch", "instance", postgresql_where=text("status is null")),
        Index("ix_batch_item_status", "batch", "status"),
    )
    batch: Mapped[Id] = mapped_column(ForeignKey("batch.id"))
    instance: Mapped[Id] = mapped_column(ForeignKey("instance.id"))
    status: Mapped[Str | None]
    reasons: Mapped[Json]
    done_at: Mapped[Instant | None]
