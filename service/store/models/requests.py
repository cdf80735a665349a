"""What is kept of requests so that calling twice harms nothing."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.db import db
from service.store.models.columns import Bytes, Id, Instant, Str


class IdempotencyKey(db.Model):  # type: ignore[name-defined,misc]
    """A request a person may repeat under a key; ``status`` is null while the first one is at work.

    ``committed`` is written in the transaction of the request itself: what it did is done, answered or not.
    """

    __tablename__ = "idempotency_key"
    person: Mapped[Id]
    key: Mapped[Id]
    fingerprint: Mapped[Str]
    lease_until: Mapped[Instant]
    committed: Mapped[bool] = mapped_column(server_default="false")
    status: Mapped[int | None]
    media_type: Mapped[Str] = mapped_column(server_default="")
    body: Mapped[Bytes | None]
    created_at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"), index=True)


class SignInAttempt(db.Model):  # type: ignore[name-defined,misc]
    """Wrong passwords for one name (a digest of it) from one address; ``known`` once it has signed in from there."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_address", "address", "last_at"),)
    username: Mapped[Id]
    address: Mapped[Id]
    failures: Mapped[int]
    last_at: Mapped[Instant] = mapped_column(index=True)
    locked_until: Mapped[Instant | None]
    known: Mapped[bool] = mapped_column(server_default="false")


class EndedSession(db.Model):  # type: ignore[name-defined,misc]
    """A session of a browser somebody has signed out of (a digest of its id), until its cookie's signature runs out."""

    __tablename__ = "ended_session"
    id: Mapped[Id]
    until: Mapped[Instant] = mapped_column(index=True)
