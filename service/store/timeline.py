"""A case as it went: its journal with the tasks, units and submissions each entry speaks of."""

from __future__ import annotations

from service.store.listing import Listing
from service.store.records import SIDES

# An entry of a task carries its id; the entry of a start has none, its form is kept under the instance's own id.
TIMELINE = Listing(
    columns="""j.id, j.at, j.actor, coalesce(p.name, '') as actor_name, j.verb, j.element, j.detail, j.clauses,
        t.name as task_name, t.due, t.unit, u.name as unit_name, s.form, s.task as submission, s.sealed,
        i.definition as instance_definition, t.definition as task_definition, h.name as to_name,
        f.name as for_name""",
    source="""journal j left join person p on p.id = j.actor left join user_task t on t.id = j.detail ->> 'task'
        left join unit u on u.id = coalesce(t.unit, j.detail ->> 'unit') left join instance i on i.id = j.instance
        left join submission s on s.task = case when j.verb in ('complete', 'return') then t.id
            when j.verb = 'start' then j.instance end
        left join person h on h.id = j.detail ->> 'to'
        left join person f on f.id = j.detail ->> 'for'""",
    conditions={
        "case_number": "j.case_number = :case_number",
        "sides": SIDES,
        "verbs": "j.verb = any(:verbs)",
    },
    orders={"at": "j.id"},
    key="j.id",
)
