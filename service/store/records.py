"""Reading what has been recorded: the journal of a case, its parties, what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, text

from service.store.listing import Listing

SIDES = "(j.instance is null or j.instance = any(:sides))"
JOURNAL = Listing(
    columns="""j.id, j.at, j.recorded_at, j.case_number, j.instance, j.actor,
        coalesce(p.name, '') as actor_name, j.verb, j.element, j.detail, j.clauses""",
    source="journal j left join person p on p.id = j.actor",
    conditions={
        "instance": "j.instance = :instance",
        "case_number": "j.case_number = :case_number",
        "sides": SIDES,
        "actor": "j.actor = :actor",
        "verb": "j.verb = :verb",
        "before": "j.at < :before",
        "after": "j.at > :after",
    },
    orders={"at": "j.id"},
    key="j.id",
)

_CASE = text(
    """select c.number, c.procedure, c.region, c.student, s.name as student_name, c.started, c.opened_at, c.closed_at,
              c.outcome, c.outcome_name
       from case_ c left join student s on s.id = c.student
       where c.number = :number
         and (:everything or exists (
              select from case_party p where p.case_number = c.number and p.unit = any(:units)))"""
)
_WAITING = text(
    """select t.id, t.instance, t.name, t.unit, t.path, t.due, u.name as unit_name
       from user_task t left join unit u on u.id = t.unit
       where t.instance in (select id from instance where case_number = :number) and t.state = 'open'
       order by t.id limit 100"""
)
_TURN = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
_URGED = text(
    """select 1 from journal where case_number = :number and actor = :actor and verb = 'urge' and at >= :since
       limit 1"""
)
_LAST = text("select coalesce(max(id), 0) from journal where case_number = :number")
_PARTIES = text(
    """select p.party, p.unit, u.name as unit_name from case_party p join unit u on u.id = p.unit
       where p.case_number = :number order by p.party"""
)


def case(connection: Connection, number: str, units: Sequence[str], everything: bool) -> RowMapping | None:
    """A case, if one of these units plays a part in it."""
    values = {"number": number, "units": list(units), "everything": everything}
    return connection.execute(_CASE, values).mappings().first()


def waiting_tasks(connection: Connection, number: str) -> Sequence[RowMapping]:
    """The open tasks of a case."""
    return connection.execute(_WAITING, {"number": number}).mappings().all()


def urged_since(connection: Connection, number: str, actor: str, since: datetime) -> bool:
    """Whether the person has urged the case since then; their urgings of it wait for one another."""
    connection.execute(_TURN, {"key": f"urge {number} {actor}"})
    values = {"number": number, "actor": actor, "since": since}
    return connection.execute(_URGED, values).first() is not None


def last_entry(connection: Connection, number: str) -> int:
    """The newest journal entry of a case: whatever changes in it is written there."""
    return int(connection.execute(_LAST, {"number": number}).scalar_one())


def parties(connection: Connection, number: str) -> Sequence[RowMapping]:
    """The units of a case by the part they play."""
    return connection.execute(_PARTIES, {"number": number}).mappings().all()
