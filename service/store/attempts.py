"""Wrong passwords: counted per name and address, in real time."""

from __future__ import annotations

from sqlalchemy import Connection, text

from service.store.db import transaction

FREE = 5  # wrong passwords before the first lock
FIRST_SECONDS, LONGEST_SECONDS = 60, 3600
_FORGET_MINUTES = 60 * 24

_WAIT = text(
    """select greatest(0, ceil(extract(epoch from locked_until - clock_timestamp())))::int from sign_in_attempt
       where username = :username and address = :address and locked_until is not null"""
)
# Each wrong password after the free ones locks twice as long as the one before.
_FAILED = text(
    """insert into sign_in_attempt as a (username, address, failures, last_at)
       values (:username, :address, 1, clock_timestamp())
       on conflict (username, address) do update set
           failures = case when a.last_at < clock_timestamp() - make_interval(mins => :forget) then 1
                      else a.failures + 1 end,
           last_at = clock_timestamp(),
           locked_until = case when a.failures + 1 >= :free and a.last_at >= clock_timestamp()
                                    - make_interval(mins => :forget)
               then clock_timestamp() + make_interval(secs => least(:longest,
                    :first * power(2, least(20, a.failures + 1 - :free)))) end
       returning failures, locked_until is not null as locked"""
)
_CLEAR = text("delete from sign_in_attempt where username = :username and address = :address")
_EXPIRE = text(
    "delete from sign_in_attempt where last_at < clock_timestamp() - make_interval(mins => :forget)"
)
_JOURNAL = text(
    """insert into journal (at, actor, verb, element, detail)
       select clock_timestamp() + make_interval(secs => coalesce(
                  (select (value #>> '{}')::float8 from setting where key = 'clock_offset'), 0)),
              coalesce(p.id, 'unknown'), :verb, '', jsonb_build_object('address', cast(:address as text))
       from (select 1) one left join person p on p.username = :username"""
)


def seconds_locked(username: str, address: str) -> int:
    """How long this name may not try from this address; 0 when it may."""
    with transaction(aside=True) as connection:
        return connection.execute(_WAIT, {"username": username, "address": address}).scalar() or 0


def failed(username: str, address: str) -> None:
    """Count a wrong password; a lock is journaled."""
    limits = {"forget": _FORGET_MINUTES, "free": FREE, "first": FIRST_SECONDS, "longest": LONGEST_SECONDS}
    with transaction(aside=True) as connection:
        row = connection.execute(_FAILED, {"username": username, "address": address, **limits}).one()
        if row.locked:
            note(connection, "lock_out", username, address)


def succeeded(username: str, address: str) -> None:
    """The right password: begin to count anew."""
    with transaction(aside=True) as connection:
        connection.execute(_CLEAR, {"username": username, "address": address})


def note(connection: Connection, verb: str, username: str, address: str) -> None:
    """Journal what happened to an account."""
    connection.execute(_JOURNAL, {"verb": verb, "username": username, "address": address})


def expire() -> int:
    """Forget attempts of long ago."""
    with transaction() as connection:
        return connection.execute(_EXPIRE, {"forget": _FORGET_MINUTES}).rowcount
