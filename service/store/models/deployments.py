"""What was deployed: immutable definitions over contents stored once."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.db import db
from service.store.models.columns import Bytes, Day, Id, Instant, Json, Str


class Resource(db.Model):  # type: ignore[name-defined,misc]
    """A file's content under its SHA-256, stored once however often it is deployed."""

    __tablename__ = "resource"
    digest: Mapped[Id]
    content: Mapped[Bytes]


class Deployment(db.Model):  # type: ignore[name-defined,misc]
    """One act of deploying: ``files`` maps names to digests."""

    __tablename__ = "deployment"
    id: Mapped[Id]
    name: Mapped[Str]
    source: Mapped[Str] = mapped_column(server_default="")
    tenant: Mapped[Str | None]
    files: Mapped[Json]
    by: Mapped[Str] = mapped_column(server_default="")
    at: Mapped[Instant]


class Definition(db.Model):  # type: ignore[name-defined,misc]
    """A process that can be started: ``closure`` maps every file it uses to its digest."""

    __tablename__ = "definition"
    __table_args__ = (
        UniqueConstraint("key", "tenant", "version", postgresql_nulls_not_distinct=True),
        Index("ix_definition_digest", "digest", "key"),
    )
    id: Mapped[Id]
    key: Mapped[Str]
    version: Mapped[int]
    tenant: Mapped[Str | None]
    name: Mapped[Str]
    version_tag: Mapped[Str] = mapped_column(server_default="")
    file: Mapped[Str]
    digest: Mapped[Str]
    closure: Mapped[Json]
    provenance: Mapped[Json]
    deployment: Mapped[Str] = mapped_column(ForeignKey("deployment.id"))
    in_force_from: Mapped[Day | None]
    in_force_until: Mapped[Day | None]
    start_form: Mapped[Str] = mapped_column(server_default="")
    stages: Mapped[Json]
    uploaded: Mapped[bool] = mapped_column(server_default="false")
    paused: Mapped[bool] = mapped_column(server_default="false")


class StartEvent(db.Model):  # type: ignore[name-defined,misc]
    """A start event in force that a clock, a signal or a person's message sets off: ``kind`` says which.

    ``wants`` is the timer's text or the name of signal or message, ``data`` what a cycle needs to go on;
    without ``due`` a timer stands still until its incident is retried.
    """

    __tablename__ = "start_event"
    __table_args__ = (
        Index("ix_start_event_due", "due", postgresql_where=text("due is not null")),
        Index("ix_start_event_wants", "wants", postgresql_where=text("kind = 'signal'")),
    )
    definition: Mapped[Str] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    element: Mapped[Str] = mapped_column(primary_key=True)
    name: Mapped[Str] = mapped_column(server_default="")
    kind: Mapped[Str]
    wants: Mapped[Str]
    due: Mapped[Instant | None]
    data: Mapped[Json]


class DecisionTable(db.Model):  # type: ignore[name-defined,misc]
    """A decision of a deployed table; one content, one version."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("key", "tenant", "version", postgresql_nulls_not_distinct=True),)
    id: Mapped[Id]
    key: Mapped[Str]
    version: Mapped[int]
    tenant: Mapped[Str | None]
    name: Mapped[Str]
    file: Mapped[Str]
    digest: Mapped[Str]
    deployment: Mapped[Str] = mapped_column(ForeignKey("deployment.id"))
