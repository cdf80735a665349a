"""The statement that writes what a verb changed, made of the parts that have something to write.

Everything goes to the server in one statement: a round trip costs more than its rows, and a part without rows still
costs its start. Verbs are alike, so the statements are few, and each is prepared once a connection.
"""

from __future__ import annotations

from functools import lru_cache

_PARTS = {
    "done": """
        update user_task set state = 'completed', completed_by = %(actor)s, assignee = %(actor)s, ended_at = %(now)s,
               done_for = %(absent)s, revision = revision + 1
        where id = %(task)s and ended_at is null and (assignee is null or assignee = %(actor)s)
          and delegation is distinct from 'pending' and opinions_open = 0 returning id
    """,
    "kept": """
        insert into submission (task, instance, form, by, at, sealed)
        values (%(kept)s, %(instance)s, %(form)s, %(actor)s, %(now)s, %(submission)s)
    """,
    "no_timers": """
        delete from timer where id = any(%(over)s)
    """,
    "no_listeners": """
        delete from subscription where id = any(%(over)s)
    """,
    "cancelled": """
        update user_task set state = 'cancelled', ended_at = %(now)s, revision = revision + 1
        where id = any(%(over)s) and ended_at is null
    """,
    "tasks": """
        insert into user_task (id, instance, case_number, definition, element, path, name, unit, roles, barred, clauses,
                               form, tenant, priority, assignee, created_at, due, follow_up)
        select r.id, %(instance)s, %(number)s, r.definition, r.element, r.path, r.name, r.unit, r.roles, r.barred,
               r.clauses, r.form, r.tenant, r.priority, r.assignee, %(now)s, r.due, r.follow_up
        from j, jsonb_to_recordset(j->'tasks') as r(id text, definition text, element text, path text, name text,
             unit text, roles text[], barred text[], clauses text[], form text, tenant text, priority int,
             assignee text, due timestamptz, follow_up timestamptz)
    """,
    "timers": """
        insert into timer (id, instance, element, name, due) select r.id, %(instance)s, r.element, r.name, r.due
        from j, jsonb_to_recordset(j->'timers') as r(id text, element text, name text, due timestamptz)
        on conflict (id) do update set due = excluded.due
    """,
    "listeners": """
        insert into subscription (id, instance, kind, name, element, sent_by, priority, inputs)
        select r.id, %(instance)s, r.kind, r.name, r.element, r.sent_by, r.priority, r.inputs
        from j, jsonb_to_recordset(j->'subscriptions')
             as r(id text, kind text, name text, element text, sent_by text, priority int, inputs jsonb)
    """,
    "parties": """
        insert into case_party (case_number, party, unit, opened_at)
        select %(number)s, r.key, r.value, (select opened_at from case_ where number = %(number)s)
        from j, jsonb_each_text(j->'parties') r on conflict (case_number, party) do update set unit = excluded.unit
    """,
    "entries": """
        insert into journal (at, case_number, instance, student, actor, verb, element, detail, clauses)
        select %(now)s, %(number)s, %(instance)s, %(student)s, r.actor, r.verb, r.element, r.detail, r.clauses
        from j, jsonb_to_recordset(j->'entries')
             as r(actor text, verb text, element text, detail jsonb, clauses text[])
    """,
    "effects": """
        insert into outbox (id, kind, case_number, instance, name, payload, created_at)
        select r.id, r.kind, %(number)s, %(instance)s, r.name, r.payload, %(now)s
        from j, jsonb_to_recordset(j->'outbox') as r(id text, kind text, name text, payload jsonb)
    """,
    "closed": """
        update case_ set closed_at = %(now)s, outcome = %(outcome)s, outcome_name = %(outcome_name)s
        where number = %(number)s and outcome is null and %(ended)s and %(host)s
    """,
    "moved": """
        update instance set state = %(state)s, next_due = %(next_due)s, revision = revision + 1,
               ended_at = case when %(ended)s then cast(%(now)s as timestamptz) end, end_element = %(outcome)s,
               variables = j->'variables', status = case when %(ended)s then 'ended' else status end
        from j where id = %(instance)s
    """,
}


@lru_cache(maxsize=256)
def statement(wanted: frozenset[str]) -> str:
    """One statement of the wanted parts; its row says how many tasks were finished.

    Values are marked psycopg's way; ``rows`` is the JSON object that ``j`` reads.
    """
    parts = [f"{name} as ({sql})" for name, sql in _PARTS.items() if name in wanted]
    done = "(select count(*) from done)" if "done" in wanted else "0"
    return ", ".join(["with j as (select cast(%(rows)s as jsonb) as j)", *parts]) + f" select {done}"
