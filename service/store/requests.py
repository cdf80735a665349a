"""Repeatable requests: the key, who holds it, and the answer that was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from service.store import waiting
from service.store.db import before_commit, transaction
from service.store.vault import vault

_VALUES = {"lease": 120, "hours": 24}
_TAKE = text(
    """insert into idempotency_key as k (person, key, fingerprint, lease_until)
       values (:person, :key, :fingerprint, clock_timestamp() + make_interval(secs => :lease))
       on conflict (person, key) do update
          set fingerprint = excluded.fingerprint, lease_until = excluded.lease_until, status = null, body = null,
              committed = false, created_at = clock_timestamp()
          where k.created_at < clock_timestamp() - make_interval(hours => :hours)
             or (k.status is null and not k.committed and k.lease_until < clock_timestamp()
                 and k.fingerprint = excluded.fingerprint)
       returning key"""
)
_READ = text("select * from idempotency_key where person = :person and key = :key")
# Only a transaction that has written has an id; one that only read says nothing about the request.
_COMMITTED = text(
    """update idempotency_key set committed = true
       where person = :person and key = :key and pg_current_xact_id_if_assigned() is not null"""
)
_ANSWER = text(
    """update idempotency_key set status = :status, media_type = :media_type, body = :body
       where person = :person and key = :key"""
)
_DROP = text("delete from idempotency_key where person = :person and key = :key and not committed")
_EXPIRE = text(
    """delete from idempotency_key where (person, key) in (
           select person, key from idempotency_key
           where created_at < clock_timestamp() - make_interval(hours => :hours) limit :limit)"""
)


@dataclass(frozen=True, kw_only=True)
class RequestKey:
    """Whose request, under which key, and the digest of what it asks."""

    person: str
    key: str
    fingerprint: str

    @property
    def values(self) -> dict[str, str]:
        return {"person": self.person, "key": self.key}

    @property
    def place(self) -> str:
        """What its answer is sealed for."""
        return f"idempotency_key/{self.person}/{self.key}"


def take(request: RequestKey) -> Row[Any] | None:
    """Hold the key: None when it is ours now, else the row of the request that came first."""
    with transaction() as connection:
        values = {**request.values, "fingerprint": request.fingerprint, **_VALUES}
        if connection.execute(_TAKE, values).first() is not None:
            return None
        return connection.execute(_READ, request.values).first()


def body_of(request: RequestKey, row: Row[Any]) -> bytes:
    """The answer that was kept. Raises Unreadable."""
    return vault().open(bytes(row.body), request.place)


@contextmanager
def marking(request: RequestKey) -> Iterator[None]:
    """Inside, every transaction that writes also writes down that the request has had its effect."""

    def mark(connection: Connection) -> None:
        connection.execute(_COMMITTED, request.values)

    token = before_commit.set(mark)
    try:
        yield
    finally:
        before_commit.reset(token)


def answered(request: RequestKey, status: int, media_type: str, body: bytes) -> None:
    """Keep the answer."""
    with transaction() as connection:
        sealed = vault().seal(body, request.place)
        values = {**request.values, "status": status, "media_type": media_type, "body": sealed}
        connection.execute(_ANSWER, values)
        waiting.tell(connection, waiting.ANSWERS)


def drop(request: RequestKey) -> None:
    """The key of a request that has changed nothing is free again."""
    with transaction() as connection:
        connection.execute(_DROP, request.values)
        waiting.tell(connection, waiting.ANSWERS)


def expire(limit: int = 10_000) -> int:
    """Forget old keys; how many."""
    with transaction() as connection:
        return connection.execute(_EXPIRE, {"hours": _VALUES["hours"], "limit": limit}).rowcount
