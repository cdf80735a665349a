"""What is due: found by a partial index, taken by locking instance rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from service.clock import ZONE

OFFSET = """make_interval(secs => coalesce(
    (select (value #>> '{}')::float8 from setting where key = 'clock_offset'), 0))"""
_TAKE = text(
    f"""select id from instance where status = 'active' and next_due <= statement_timestamp() + {OFFSET}
        order by next_due limit 1 for update skip locked"""  # noqa: S608  (a constant)
)
_NEXT = text(
    """select least((select min(next_due) from instance where status = 'active' and next_due is not null),
                    (select min(s.due) from start_event s join definition d on d.id = s.definition
                     where s.due is not null and not d.paused))"""
)
_SET_CLOCK = text(
    """insert into setting (key, value) values ('clock_offset', to_jsonb(cast(:offset as float8)))
       on conflict (key) do update set value = excluded.value
       where (setting.value #>> '{}')::float8 <= (excluded.value #>> '{}')::float8"""
)


def take_due(connection: Connection) -> str | None:
    """Lock the instance that has been due longest and that nobody else holds."""
    return connection.execute(_TAKE).scalar()


def next_due(connection: Connection) -> datetime | None:
    found = connection.execute(_NEXT).scalar()
    return found.astimezone(ZONE) if found is not None else None


def set_offset(connection: Connection, offset: float) -> bool:
    """Move the business clock; False when that would move it back."""
    return connection.execute(_SET_CLOCK, {"offset": offset}).rowcount == 1


def real_now(connection: Connection) -> datetime:
    moment: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
    return moment.astimezone(ZONE)
