"""Sessions of browsers that have ended before their time. A cookie that is still signed is looked up here."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import text

from service.store.db import transaction

_END = text(
    """insert into ended_session (id, until) values (:id, clock_timestamp() + :life)
       on conflict (id) do nothing"""
)
_ENDED = text("select from ended_session where id = :id")
_EXPIRE = text("delete from ended_session where until < clock_timestamp()")


def end(session: str, life: timedelta) -> None:
    """From now on the session counts for nothing; remembered for ``life``, after which no signature of it holds."""
    with transaction(aside=True) as connection:
        connection.execute(_END, {"id": _digest(session), "life": life})


def ended(session: str) -> bool:
    with transaction(aside=True) as connection:
        return connection.execute(_ENDED, {"id": _digest(session)}).first() is not None


def expire() -> int:
    """Forget those nobody could use any more."""
    with transaction() as connection:
        return connection.execute(_EXPIRE).rowcount


def _digest(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
