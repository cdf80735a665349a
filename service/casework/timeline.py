"""A case told so that a person can read it: who did what, when, until when, by which clause.

It must not decide who may read it, nor change anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.casework.context import Office
from service.policy import identity
from service.policy.forms import Field
from service.store import submissions
from service.store.listing import Page
from service.store.timeline import TIMELINE

# What people and the system did; {task}, {to}, {end} as the entry has them. A verb that is not here is told as it is.
_WORDS = {
    "start": "发起办件",
    "claim": "签收“{task}”",
    "unclaim": "退回签收“{task}”",
    "complete": "办结“{task}”",
    "hand_over": "把“{task}”转交{to}",
    "return": "把“{task}”退回更正",
    "ask_opinion": "就“{task}”请{to}出具意见",
    "give_opinion": "就“{task}”出具意见：{opinion}",
    "drop_opinion": "不再就“{task}”征询{to}的意见",
    "urge": "催办“{task}”",
    "message": "收到消息",
    "withdraw": "撤回办件",
    "signal": "收到通知",
    "timer": "按时限自动处理",
    "go_on": "系统接着办理",
    "delete": "终止办件",
    "fire_timer": "提前触发时限",
    "move_timer": "调整时限",
    "set_variables": "更正办件数据",
    "pause": "暂停办理",
    "resume": "恢复办理",
    "upload_material": "补交附件",
    "read_material": "查看附件",
    "work_done": "外部系统办结",
    "work_error": "外部系统报告失败",
    "work_failed": "外部系统未办成",
    "unlock_work": "收回外部任务",
    "set_retries": "调整外部任务的重试次数",
    "set_priority": "调整外部任务的优先级",
    "retry_incident": "重试异常件",
    "issue_guardian_code": "发放监护人查询码",
}

_NOTHING: tuple[object, ...] = (None, "", [])


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened. ``until`` is the limit of the task it is about; ``answers`` what was handed in."""

    at: datetime
    actor: str
    who: str
    unit: str
    verb: str
    what: str
    task: str
    until: datetime | None
    reason: str
    clauses: Sequence[str]
    answers: Sequence[tuple[str, str]] = ()
    for_whom: str = ""


def told(office: Office, connection: Connection, wanted: Mapping[str, Any], page: Page) -> list[Event]:
    """The events of a case (``wanted`` names it, and the sides the reader may look into), oldest first."""
    rows = TIMELINE.find(connection, wanted, page)
    return [_event(office, connection, row) for row in rows]


def _event(office: Office, connection: Connection, row: Mapping[str, Any]) -> Event:
    detail = row["detail"]
    task = row["task_name"] or ""
    words = _WORDS.get(row["verb"], row["verb"])
    return Event(
        at=row["at"],
        actor=row["actor"],
        who=row["actor_name"] or {"system": "系统", "guardian": "监护人"}.get(row["actor"], row["actor"]),
        unit=row["unit_name"] or "",
        verb=row["verb"],
        what=words.format(task=task, to=row["to_name"] or "", opinion=_opinion(detail)),
        task=task,
        until=row["due"],
        reason=str(detail.get("reason") or (detail.get("message") if row["verb"] == "urge" else "") or ""),
        clauses=row["clauses"],
        answers=_answers(office, connection, row),
        for_whom=row["for_name"] or "",
    )


def _opinion(detail: Mapping[str, Any]) -> str:
    verdict = "同意" if detail.get("agrees") else "不同意"
    return f"{verdict}。{detail.get('text', '')}".rstrip("。")


def _answers(office: Office, connection: Connection, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was handed in, in the words of the form as it was deployed; numbers of people masked."""
    definition = row["task_definition"] or row["instance_definition"]
    if not row["form"] or not definition:
        return []
    form = office.shelf.form(connection, office.shelf.row(connection, definition), row["form"])
    answers = submissions.opened(row["submission"], row["sealed"])
    pairs = ((one, answers.get(one.key)) for one in form.fields if not one.takes_files)
    return [
        (one.label, identity.redacted(_said(one, value))) for one, value in pairs if value not in _NOTHING
    ]


def _said(one: Field, value: Any) -> str:
    """A value in the words of the options it was chosen from."""
    words = {option.value: option.label for option in one.options}
    if isinstance(value, list):
        return "、".join(words.get(str(item), str(item)) for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return words.get(str(value), str(value))
