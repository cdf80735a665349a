"""Wrong passwords: counted per name and address, in real time.

One name from one address is locked after a few; an address from which many names fail (one password tried on all of
them) is locked for every name that has not signed in from there before. What was typed as a name is kept as a digest:
people type passwords there.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from service.store.db import transaction
from service.store.vault import vault

FREE = 5  # wrong passwords before the first lock
FIRST_SECONDS, LONGEST_SECONDS = 60, 3600
MOST_NAMES = 20  # that fail from one address within the longest lock
_FORGET_MINUTES = 60 * 24

_WAIT = text(
    """select coalesce(max(greatest(0, ceil(extract(epoch from locked_until - clock_timestamp())))), 0)::int as seconds,
              coalesce(bool_or(known), false) as known
       from sign_in_attempt where username = :username and address = :address"""
)
_SPRAYED = text(
    """select count(*) as names, extract(epoch from min(last_at) - clock_timestamp())::int + :longest as seconds
       from (select last_at from sign_in_attempt
             where address = :address and failures > 0 and not known
               and last_at > clock_timestamp() - make_interval(secs => :longest)
             order by last_at desc limit :most) recent"""
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
# Written once a while: a program signs in with every request.
_SUCCEEDED = text(
    """insert into sign_in_attempt as a (username, address, failures, last_at, known)
       values (:username, :address, 0, clock_timestamp(), true)
       on conflict (username, address) do update set failures = 0, locked_until = null, known = true,
           last_at = clock_timestamp()
       where a.failures > 0 or not a.known or a.last_at < clock_timestamp() - interval '1 hour'"""
)
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
        own = connection.execute(_WAIT, _who(username, address)).one()
        if own.seconds or own.known:
            return int(own.seconds)
        limits = {"longest": LONGEST_SECONDS, "most": MOST_NAMES}
        sprayed = connection.execute(_SPRAYED, {"address": address, **limits}).one()
        return max(1, sprayed.seconds) if sprayed.names >= MOST_NAMES else 0


def failed(username: str, address: str) -> None:
    """Count a wrong password; a lock is journaled."""
    limits = {"forget": _FORGET_MINUTES, "free": FREE, "first": FIRST_SECONDS, "longest": LONGEST_SECONDS}
    with transaction(aside=True) as connection:
        row = connection.execute(_FAILED, {**_who(username, address), **limits}).one()
        if row.locked:
            note(connection, "lock_out", username, address)


def succeeded(username: str, address: str) -> None:
    """The right password: begin to count anew, and know the name at this address."""
    with transaction(aside=True) as connection:
        connection.execute(_SUCCEEDED, _who(username, address))


def _who(username: str, address: str) -> dict[str, str]:
    return {"username": vault().index(username, "username").hex(), "address": address}


def note(connection: Connection, verb: str, username: str, address: str) -> None:
    """Journal what happened to an account."""
    connection.execute(_JOURNAL, {"verb": verb, "username": username, "address": address})


def expire() -> int:
    """Forget attempts of long ago."""
    with transaction() as connection:
        return connection.execute(_EXPIRE, {"forget": _FORGET_MINUTES}).rowcount
