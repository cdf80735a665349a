"""A case as it went: its journal with the tasks, units and submissions each entry speaks of."""

from __future__ import annotations

from service.store.listing import Listing
from service.store.records import SIDES

# An entry of a task carries its id; the entry of a start has none, its form is kept under the instance's own id.
TIMELINE = Listing(
    columns="""j.id, j.at, j.actor, coalesce(p.name, '') as actor_name, j.verb, j.element, j.detail, j.clauses,
        t.name as task_name, t.due, t.unit, s.form, s.task as submission, s.sealed, t.definition as task_definition,
        (select u.name from unit u where u.id = coalesce(t.unit, j.detail ->> 'unit')) as unit_name,
        (select i.definition from instance i where i.id = j.instance) as instance_definition,
        (select h.name from person h where h.id = j.detail ->> 'to') as to_name,
        (select f.name from person f where f.id = j.detail ->> 'for') as for_name""",
    source="""journal j left join person p on p.id = j.actor left join user_task t on t.id = j.detail ->> 'task'
        left join submission s on s.task = case when j.verb in ('complete', 'return') then t.id
            when j.verb = 'start' then j.instance end""",
    conditions={
        "case_number": "j.case_number = :case_number",
        "sides": SIDES,
        "verbs": "j.verb = any(:verbs)",
    },
    orders={"at": "j.id"},
    key="j.id",
)
