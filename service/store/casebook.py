"""The list of cases: by number, student, procedure and status, and where each stands."""

from __future__ import annotations

from service.store.listing import Listing

CASES = Listing(
    columns="""c.number, c.procedure, c.region, c.student, s.name as student_name, c.opened_at, c.closed_at, c.outcome,
        c.outcome_name, c.started_by, p.name as started_by_name,
        (select d.name from instance i join definition d on d.id = i.definition where i.case_number = c.number
          order by i.id limit 1) as procedure_name,
        (select coalesce(json_agg(json_build_object('name', t.name, 'unit', t.unit, 'unit_name', u.name,
                    'due', to_char(t.due at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"'))
                    order by t.id), '[]')
           from user_task t join instance i on i.id = t.instance left join unit u on u.id = t.unit
          where i.case_number = c.number and t.state = 'open') as waiting""",
    source="case_ c left join student s on s.id = c.student left join person p on p.id = c.started_by",
    conditions={
        "visible": "c.number in (select q.case_number from case_party q where q.unit = any(:units))",
        "number": "c.number = :number",
        "number_like": "c.number like :number_like",
        "student": "c.student = :student",
        "student_name": "s.name = :student_name",
        "procedure": "c.procedure = :procedure",
        "open": "c.closed_at is null",
        "closed": "c.closed_at is not null",
        "outcome": "c.outcome = :outcome",
        "unit": "c.number in (select q.case_number from case_party q where q.unit = :unit)",
        "started_by": "c.started_by = :started_by",
        "opened_after": "c.opened_at > :opened_after",
        "opened_before": "c.opened_at < :opened_before",
        "overdue": """exists (select from user_task t join instance i on i.id = t.instance
            where i.case_number = c.number and t.state = 'open' and t.due < :overdue)""",
    },
    orders={"opened": "c.opened_at", "number": "c.number", "closed": "c.closed_at"},
    key="c.number",
    default="c.opened_at desc",
)
