"""What is due: found by a partial index, taken by locking instance rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from service.clock import ZONE

ATTEMPTS = 3  # as Camunda's jobs; then an incident
FIRST_WAIT, GROWTH = 10.0, 6.0  # seconds of real time: ten after the first failure, a minute after the second
OFFSET = """make_interval(secs => coalesce(
    (select (value #>> '{}')::float8 from setting where key = 'clock_offset'), 0))"""
_TAKE = text(
    f"""select id, failures > 0 or retry_at is not null as failed from instance
        where status = 'active' and next_due <= statement_timestamp() + {OFFSET}
          and (retry_at is null or retry_at <= clock_timestamp())
        order by next_due limit 1 for update skip locked"""  # noqa: S608  (a constant)
)
_NEXT = text(
    """select least((select min(next_due) from instance where status = 'active' and next_due is not null
                       and (retry_at is null or retry_at <= clock_timestamp())),
                    (select min(s.due) from start_event s join definition d on d.id = s.definition
                     where s.due is not null and not d.paused))"""
)
_FAILED = text(
    """update instance set failures = failures + 1, failure = :message,
              retry_at = clock_timestamp() + make_interval(secs => :first * power(:factor, failures))
       where id = :id returning failures"""
)
_PUT_OFF = text(
    "update instance set retry_at = clock_timestamp() + make_interval(secs => :seconds) where id = :id"
)
_WELL = text(
    """update instance set failures = 0, failure = '', retry_at = null
       where id = :id and (failures > 0 or retry_at is not null)"""
)
_EARLIEST = text("select element from timer where instance = :id order by due, id limit 1")
_SET_CLOCK = text(
    """insert into setting (key, value) values ('clock_offset', to_jsonb(cast(:offset as float8)))
       on conflict (key) do update set value = excluded.value
       where (setting.value #>> '{}')::float8 <= (excluded.value #>> '{}')::float8"""
)


def take_due(connection: Connection) -> tuple[str, bool] | None:
    """Lock the instance that has been due longest and that nobody else holds: its id, and whether it failed before."""
    row = connection.execute(_TAKE).first()
    return (row.id, row.failed) if row is not None else None


def failed(connection: Connection, instance: str, message: str) -> int:
    """Try again later, each time after a longer while (real time); how often in a row it has failed."""
    values = {"id": instance, "message": message[:500], "first": FIRST_WAIT, "factor": GROWTH}
    return int(connection.execute(_FAILED, values).scalar_one())


def earliest(connection: Connection, instance: str) -> str:
    """The element whose timer is due first; empty where the instance has none."""
    return str(connection.execute(_EARLIEST, {"id": instance}).scalar() or "")


def put_off(connection: Connection, instance: str) -> None:
    """Somebody holds what it needs: no failure, but the others come first."""
    connection.execute(_PUT_OFF, {"id": instance, "seconds": FIRST_WAIT})


def well(connection: Connection, instance: str) -> None:
    """It went well, or is to be tried as if it had never failed."""
    connection.execute(_WELL, {"id": instance})


def next_due(connection: Connection) -> datetime | None:
    found = connection.execute(_NEXT).scalar()
    return found.astimezone(ZONE) if found is not None else None


def set_offset(connection: Connection, offset: float) -> bool:
    """Move the business clock; False when that would move it back."""
    return connection.execute(_SET_CLOCK, {"offset": offset}).rowcount == 1


def real_now(connection: Connection) -> datetime:
    moment: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
    return moment.astimezone(ZONE)
