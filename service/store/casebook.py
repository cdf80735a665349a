"""The list of cases: by number, student, procedure and status, and where each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.store.listing import Listing

# A planner without statistics takes a partial index of all open tasks for the shorter way: hence the state that is no
# index's.
# Overdue tasks are few beside the cases, open and ended, in which to look for them; their index is that of lists of
# everything (inbox.TASKS).
_OVERDUE = """any(array(select t.case_number from user_task t
    where texteq(t.state, 'open') and t.revision >= 0 and t.due < :overdue))"""
_STUDENT_AND_STARTER = "left join student s on s.id = c.student left join person p on p.id = c.started_by"

#: Every case.
CASES = Listing(
    columns="""c.number, c.procedure, c.region, c.student, s.name as student_name, c.opened_at, c.closed_at, c.outcome,
        c.outcome_name, c.started_by, p.name as started_by_name,
        (select d.name from instance i join definition d on d.id = i.definition where i.case_number = c.number
          order by i.started_at, i.id limit 1) as procedure_name,
        (select coalesce(json_agg(json_build_object('name', t.name, 'unit', t.unit, 'unit_name', u.name,
                    'due', to_char(t.due at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"'))
                    order by t.id), '[]')
           from user_task t left join unit u on u.id = t.unit
          where t.instance = any(array(select i.id from instance i where i.case_number = c.number))
            and t.state || '' = 'open') as waiting""",
    source=f"case_ c {_STUDENT_AND_STARTER}",
    conditions={
        "number": "c.number = :number",
        "number_like": "c.number like :number_like",
        "student": "c.student = :student",
        "student_name": "s.name = :student_name",
        "procedure": "c.procedure = :procedure",
        "open": "c.closed_at is null",
        "closed": "c.closed_at is not null",
        "outcome": "c.outcome = :outcome",
        "unit": "exists (select from case_party o where o.case_number = c.number and o.unit = :unit)",
        "started_by": "c.started_by = :started_by",
        "opened_after": "c.opened_at > :opened_after",
        "opened_before": "c.opened_at < :opened_before",
        "overdue": f"c.number = {_OVERDUE}",
    },
    orders={"opened": "c.opened_at", "number": "c.number", "closed": "c.closed_at"},
    key="c.number",
    default="c.opened_at desc",
    filled=frozenset({"opened", "number"}),
    broad=frozenset({"open", "closed", "procedure", "opened_after", "opened_before"}),
    wide={"open": "num_nulls(c.closed_at) > 0"},
)

# A unit may play two parties in a case: the first of them stands for it. It is looked for among those of one case; and
# so is the unit where the cases asked for are few (no index is of ``unit || ''``).
_OF = """{column} {by} and not exists (select from case_party o
    where o.case_number = q.case_number and o.unit || '' {by} and o.party < q.party)"""
_OF_UNITS = replace(
    CASES,
    source=f"case_party q join case_ c on c.number = q.case_number {_STUDENT_AND_STARTER}",
    conditions={
        **CASES.conditions,
        "overdue": f"q.case_number = {_OVERDUE}",
        "of_unit": _OF.format(column="q.unit", by="= :of_unit"),
        "of_units": _OF.format(column="q.unit", by="= any(:units)"),
        "few_of_unit": _OF.format(column="q.unit || ''", by="= :few_of_unit"),
        "few_of_units": _OF.format(column="q.unit || ''", by="= any(:units)"),
    },
    orders={**CASES.orders, "opened": "q.opened_at"},
    key="q.case_number",
    rows=CASES,
    default="q.opened_at desc nulls last",
    filled=frozenset({"number"}),
    broad=frozenset(),
)


def cases_of(units: Sequence[str], *, few: bool = False) -> tuple[Listing, Mapping[str, Any]]:
    """The cases in which one of the units has a part, with the condition that says so.

    Of one unit, as most people have, the newest are read off an index, however many there are; unless other
    conditions leave but a ``few`` cases.
    """
    prefix = "few_of" if few else "of"
    if len(units) == 1:
        return _OF_UNITS, {f"{prefix}_unit": units[0]}
    return _OF_UNITS, {f"{prefix}_units": {"units": list(units)}}
