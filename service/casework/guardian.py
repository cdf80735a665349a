"""What a guardian may know of the one case whose code they hold, and taking it back (XX2018-32-a, MOE2016-N3.3).

Never another student, never an official's name: units and steps only. The code is kept as a keyed hash.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.casework import messages
from service.casework.actors import GUARDIAN, Actor
from service.casework.advance import Advanced
from service.casework.context import Office
from service.errors import Conflict, Forbidden, NotFound, XuejiError
from service.registry import counter
from service.store import attempts, outbox, records
from service.store import guardian as rows
from service.store.db import transaction
from service.store.listing import Page
from service.store.notes import note
from service.store.rows import NewEntry
from service.store.timeline import TIMELINE

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is taken for another
_LENGTH = 10
_TURNS = [threading.Lock() for _ in range(64)]
_TOLD = ("start", "complete", "return", "withdraw", "delete", "timer")
_MOST_EVENTS = 200
_WHAT = {
    "start": "受理",
    "complete": "办结",
    "return": "退回更正",
    "withdraw": "撤回",
    "delete": "终止",
    "timer": "时限到期",
}


class LockedOut(XuejiError):
    """Too many wrong codes from one address."""

    code, status = "locked_out", 429


@dataclass(frozen=True, kw_only=True)
class Key:
    """What a guardian brings, and from where."""

    number: str
    code: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A step that is being worked on."""

    unit: str
    step: str
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Happened:
    """A step that is over."""

    at: datetime
    unit: str
    what: str
    step: str


@dataclass(frozen=True, kw_only=True)
class View:
    """A case in a guardian's eyes."""

    number: str
    procedure: str
    student: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    status: str
    to_do: str
    may_recall: bool
    waiting: Sequence[Waiting]
    history: Sequence[Happened]
    notices: Sequence[tuple[datetime, str]]


def new_code(secret: str) -> tuple[str, str]:
    """A fresh code for a guardian, and the hash of it to be kept."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return code, _hashed(secret, secrets.token_hex(8), code)


def issue(secret: str, actor: Actor, number: str) -> str:
    """A new code for a case's guardian; an earlier one ends. By a unit with a part in the case. Raises NotFound."""
    code, hash_ = new_code(secret)
    with transaction() as connection:
        case = records.case(connection, number, sorted(actor.units), actor.sees_everything)
        if case is None:
            raise NotFound("没有这个办件", cure="请核对受理编号")
        if records.case(connection, number, sorted(actor.units), False) is None:
            raise Forbidden("只有办件的当事单位可以发放查询码", cure="请由当事单位的人员发放")
        if case["closed_at"] is not None:
            raise Conflict("办件已经结束", cure="结果请由学校告知监护人")
        rows.put(connection, number, hash_, actor.id)
        note(connection, NewEntry(actor=actor.id, verb="issue_guardian_code"), case=number)
    return code


def look(secret: str, key: Key) -> View:
    """The case of a number and its code. Raises NotFound (either is wrong), LockedOut."""
    _check(secret, key)
    with transaction() as connection:
        return _view(connection, key.number)


def recall(office: Office, secret: str, key: Key, reason: str) -> Advanced:
    """Take the case back, where its diagram lets a guardian do so. Raises as ``look`` and ``messages.recall``."""
    _check(secret, key)
    return messages.recall(office, GUARDIAN, key.number, reason)


def _check(secret: str, key: Key) -> None:
    """The same answer whether there is no such case, none with a code, or the code is wrong."""
    with _TURNS[hash(key.number) % len(_TURNS)]:  # guesses sent at once do not all pass the lock
        _check_in_turn(secret, key)


def _check_in_turn(secret: str, key: Key) -> None:
    # Apart from those who sign in: wrong codes of a school's parents lock no door of its staff.
    name, address = f"guardian of {key.number}", f"guardian {key.address}"
    seconds = attempts.seconds_locked(name, address)
    if seconds:
        cure = f"请在 {seconds} 秒后重试；忘记查询码请联系学校重新发放"
        raise LockedOut("查询码错误次数过多，暂时不能查询", cure=cure, details={"retryAfter": seconds})
    with transaction() as connection:
        kept = rows.hash_of(connection, key.number) or _hashed(secret, "none", "none")
    salt = kept.partition(":")[0]
    if not hmac.compare_digest(kept, _hashed(secret, salt, key.code.strip().upper())):
        attempts.failed(name, address)
        raise NotFound("受理编号或查询码不正确", cure="请核对学校给您的受理编号和查询码")
    attempts.succeeded(name, address)


def _hashed(secret: str, salt: str, code: str) -> str:
    key = hmac.digest(secret.encode(), b"guardian's code", "sha256")
    return f"{salt}:{hmac.new(key, f'{salt}:{code}'.encode(), hashlib.sha256).hexdigest()}"


def _view(connection: Connection, number: str) -> View:
    case = records.case(connection, number, (), everything=True)
    if case is None:
        raise NotFound("没有这个办件", cure="请核对受理编号")
    waiting = [
        Waiting(unit=row["unit_name"] or "", step=row["name"], until=row["due"])
        for row in records.waiting_tasks(connection, number)
    ]
    listening = outbox.waiting_for(connection, counter.RECALL, outbox.Waiting(case_number=number))
    may_recall = any(counter.guardian_sends(one.sent_by) for one in listening)
    return View(
        number=number,
        procedure=rows.procedure_name(connection, number),
        student=_masked(case["student_name"] or ""),
        opened_at=case["opened_at"],
        closed_at=case["closed_at"],
        outcome=case["outcome_name"] or "",
        status=_status(case, waiting),
        to_do=_to_do(case, may_recall),
        may_recall=may_recall,
        waiting=waiting,
        history=_history(connection, number),
        notices=[(row.at, row.text) for row in rows.notices(connection, number)],
    )


def _history(connection: Connection, number: str) -> list[Happened]:
    wanted = {"case_number": number, "verbs": list(_TOLD)}
    found = TIMELINE.find(connection, wanted, Page(limit=_MOST_EVENTS))
    return [
        Happened(
            at=row["at"],
            unit=row["unit_name"] or "",
            what=_WHAT[row["verb"]],
            step=row["task_name"] or "",
        )
        for row in found
    ]


def _masked(name: str) -> str:
    """The family name is enough to see that it is one's own child."""
    return name[:1] + "*" * (len(name) - 1)


def _status(case: Any, waiting: Sequence[Waiting]) -> str:
    if case["closed_at"] is not None:
        return f"已办结：{case['outcome_name'] or '已结束'}"
    if not waiting:
        return "正在办理，等待系统或其他地区的答复"
    return "；".join(_where(one) for one in waiting)


def _where(one: Waiting) -> str:
    limit = f"，应于 {one.until:%Y年%m月%d日} 前办结" if one.until else ""
    return f"正在{one.unit}办理“{one.step}”{limit}"


def _to_do(case: Any, may_recall: bool) -> str:
    if case["closed_at"] is not None:
        return "无需再办手续；有疑问请联系学校。"
    recall = "如不再需要办理，可以撤回。" if may_recall else "如需撤回，请联系学校。"
    return f"请等待上述单位办理；需要补充材料时学校会与您联系。{recall}"
