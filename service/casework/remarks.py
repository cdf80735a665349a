"""Comments on tasks: whoever sees a task may read and write them; none is ever changed."""

from __future__ import annotations

import hashlib

from service.casework import tasks
from service.casework.actors import Actor
from service.errors import Invalid
from service.ids import new_id
from service.store import comments as rows
from service.store.db import transaction
from service.store.progress import read_case, write_journal
from service.store.rows import NewEntry


def comment(actor: Actor, task_id: str, message: str) -> str:
    """Write beside a task, open or done; the comment's id. The journal keeps the digest of the text.

    Raises NotFound (no such task, or the person may not know of it), Invalid (nothing written).
    """
    if not message.strip():
        raise Invalid("没有写内容", cure="请填写 message")
    with transaction() as connection:
        task = tasks.visible(connection, actor, task_id)
        case = read_case(connection, task.case_number)
        if case is None:
            raise tasks.no_task()
        made = new_id()
        about = {"id": made, "task": task.id, "instance": task.instance}
        rows.add(connection, {**about, "by": actor.id, "at": case.now}, message)
        digest = hashlib.sha256(message.encode()).hexdigest()
        detail = {"task": task.id, "comment": made, "sha256": digest}
        entry = NewEntry(actor=actor.id, verb="comment", element=task.path, detail=detail)
        write_journal(connection, entry, case=case, instance=task.instance)
    return made
