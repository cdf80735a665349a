"""Journal entries of verbs that move no instance: about a case, a person or a file."""

from __future__ import annotations

import orjson
from sqlalchemy import Connection, text

from service.policy import identity
from service.store.rows import NewEntry

# Business time and the student of the case are read in the statement itself: the caller need not have locked anything.
_NOTE = text(
    """insert into journal (at, case_number, instance, student, actor, verb, element, detail, clauses)
       select date_trunc('milliseconds', clock_timestamp() + make_interval(secs => coalesce(
                  (select (value #>> '{}')::float8 from setting where key = 'clock_offset'), 0))),
              c.number, :instance, coalesce(cast(:student as text), c.student), :actor, :verb, :element,
              cast(:detail as jsonb), :clauses
       from (select 1) one left join instance i on i.id = :instance
            left join case_ c on c.number = coalesce(cast(:number as text), i.case_number)"""
)


def note(
    connection: Connection,
    entry: NewEntry,
    *,
    case: str | None = None,
    instance: str | None = None,
    student: str | None = None,
) -> None:
    """Write an entry, of a case when its number or an instance is given; the case's student is put down with it.

    Numbers of people are made unreadable: nobody can take them out of a journal again.
    """
    values = {
        "number": case,
        "instance": instance,
        "student": student,
        "actor": entry.actor,
        "verb": entry.verb,
        "element": entry.element,
        "detail": identity.redacted(orjson.dumps(dict(entry.detail)).decode()),
        "clauses": list(entry.clauses),
    }
    connection.execute(_NOTE, values)
