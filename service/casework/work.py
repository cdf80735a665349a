"""Work for external workers: leasing it, handing in results, failing, giving back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection

from service.casework import incidents
from service.casework.actors import Actor
from service.casework.advance import Advanced, advance, split_wait_id
from service.casework.context import Office
from service.engine import Instance
from service.errors import Conflict, NotFound
from service.policy.values import Value
from service.store import work as rows
from service.store.db import transaction
from service.store.notes import note
from service.store.rows import NewEntry

KEEPERS = ("operator", "admin")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a worker asks for: ``topics`` as rows.fetch takes them."""

    worker: str
    topics: Sequence[Mapping[str, Any]]
    limit: int
    by_priority: bool = False


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How a piece of work went wrong; ``retries`` are those that are left."""

    worker: str
    message: str = ""
    details: str = ""
    retries: int = 0
    retry_after_ms: int = 0


def fetch(wish: Wish) -> Sequence[Mapping[str, Any]]:
    """Lease work; each piece with where it stands."""
    with transaction() as connection:
        taken = rows.fetch(connection, wish.worker, wish.topics, wish.limit, by_priority=wish.by_priority)
        found = [rows.WORK.one(connection, {"id": one}) for one in taken]
    return [row for row in found if row is not None]


def complete(office: Office, actor: Actor, work: str, worker: str, values: Mapping[str, Value]) -> Advanced:
    """The work is done. Raises Conflict naming the worker who has it."""
    act = partial(Instance.complete_external, task_id=split_wait_id(work)[1], values=values)
    return _act(office, actor, _Deed(work=work, worker=worker, verb="work_done", act=act))


def bpmn_error(office: Office, actor: Actor, work: str, worker: str, error: tuple[str, str]) -> Advanced:
    """The work ended in a business error (code, message): its boundary event goes on from here."""
    code, message = error
    act = partial(Instance.fail_external, task_id=split_wait_id(work)[1], code=code, message=message)
    return _act(office, actor, _Deed(work=work, worker=worker, verb="work_error", act=act))


@dataclass(frozen=True, kw_only=True)
class _Deed:
    work: str
    worker: str
    verb: str
    act: Any


def _act(office: Office, actor: Actor, deed: _Deed) -> Advanced:
    actor.require(*KEEPERS)
    instance = _instance_of(deed.work)
    about = {"verb": deed.verb, "work": deed.work, "worker": deed.worker}
    with incidents.guarded(instance, about), office.locked(instance) as (connection, locked, world):
        _check_worker(connection, deed.work, deed.worker)
        entry = NewEntry(actor=actor.id, verb=deed.verb, detail={"work": deed.work, "worker": deed.worker})
        return advance(connection, locked, world, deed.act, entry)


def fail(actor: Actor, work: str, failure: Failure) -> None:
    """The work went wrong: another try later, or, with none left, an incident."""
    actor.require(*KEEPERS)
    with transaction() as connection:
        _check_worker(connection, work, failure.worker)
        values = {"retries": failure.retries, "message": failure.message, "details": failure.details}
        rows.failed(connection, work, failure.worker, {**values, "ms": failure.retry_after_ms})
        _note(connection, actor, work, "work_failed", worker=failure.worker, retries=failure.retries)
        if failure.retries == 0:
            about = {"work": work, "worker": failure.worker}
            incidents.record(
                connection,
                {
                    "instance": _instance_of(work),
                    "kind": "external",
                    "element": "",
                    "message": failure.message or "外部任务失败，已无重试次数",
                    "trace": failure.details,
                },
                about,
            )


def extend(actor: Actor, work: str, worker: str, ms: int) -> None:
    """The worker needs longer."""
    actor.require(*KEEPERS)
    with transaction() as connection:
        _check_worker(connection, work, worker)
        rows.extend(connection, work, worker, ms)


def unlock(actor: Actor, work: str) -> None:
    """Whoever has it has it no longer."""
    _change(actor, work, "unlock_work", rows.unlock)


def set_retries(actor: Actor, work: str, retries: int) -> None:
    """How many tries are left; an incident of it is closed when there are any."""
    _change(actor, work, "set_retries", partial(rows.set_retries, retries=retries), retries=retries)
    if retries:
        incidents.close_of_work(work)


def set_priority(actor: Actor, work: str, priority: int) -> None:
    """Which comes first."""
    _change(actor, work, "set_priority", partial(rows.set_priority, priority=priority), priority=priority)


def _change(actor: Actor, work: str, verb: str, change: Any, **to: int) -> None:
    actor.require(*KEEPERS)
    with transaction() as connection:
        if not change(connection, work):
            raise _no_work()
        _note(connection, actor, work, verb, **to)


def _note(connection: Connection, actor: Actor, work: str, verb: str, **more: object) -> None:
    entry = NewEntry(actor=actor.id, verb=verb, detail={"work": work, **more})
    note(connection, entry, instance=_instance_of(work))


def _check_worker(connection: Connection, work: str, worker: str) -> None:
    row = rows.read(connection, work)
    if row is None:
        raise _no_work()
    if row.worker != worker:
        holder = f"现由 {row.worker} 领取" if row.worker else "没有人领取"
        raise Conflict(f"外部任务{holder}", cure="请重新领取（fetchAndLock）", details={"winner": row.worker})


def _instance_of(work: str) -> str:
    instance, _ = split_wait_id(work)
    if not instance:
        raise _no_work()
    return instance


def _no_work() -> NotFound:
    return NotFound("没有这个外部任务，或已经完成", cure="请重新领取（fetchAndLock）")
