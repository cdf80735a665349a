"""Moving many cases in the background: a batch that can be followed, worked off by a job case by case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.casework import moving
from service.casework.actors import Actor
from service.casework.context import Office
from service.casework.moving import MOVERS, Outcome, Wish
from service.casework.plans import Plan, plan_of, versions
from service.errors import NotFound
from service.ids import new_id
from service.store import batches as rows
from service.store import moves
from service.store.db import transaction
from service.store.listing import Page

MOST = 100_000
AT_A_TIME = 100


def open_batch(office: Office, actor: Actor, plan: Plan, instances: Sequence[str] | None = None) -> str:
    """Write down what is to be moved (without ``instances`` every open case); the id of the batch."""
    actor.require(*MOVERS)
    identifier = new_id()
    with transaction() as connection:
        target = versions(office, connection, plan).target
        if instances is None:
            wanted = {"key": target.key, "tenant": target.tenant, "target": target.id, "source": plan.source}
            instances = [row["id"] for row in moves.candidates(connection, wanted, MOST)]
        row = {"id": identifier, "plan": plan.as_data(), "by": actor.id, "by_name": actor.name}
        rows.insert(connection, row, sorted(set(instances)))
    return identifier


def work_off(office: Office, limit: int = AT_A_TIME) -> int:
    """Move the next cases of the oldest batch; how many were looked at."""
    with transaction() as connection:
        batch = rows.oldest_open(connection)
    if batch is None:
        return 0
    actor = Actor(id=batch["by"], username="", name=batch["by_name"], powers=frozenset({"operator"}))
    count, after = 0, ""
    while count < limit and (taken := _next(office, actor, dict(batch), after)):
        count, after = count + 1, taken
    with transaction() as connection:
        rows.finish(connection, batch["id"])
    return count


def _next(office: Office, actor: Actor, batch: Mapping[str, Any], after: str) -> str:
    """Move one case and note what became of it, in one transaction where it moves."""
    wish = Wish(plan=plan_of(batch["plan"]), instances=())
    taken = ""

    def act() -> Outcome:
        nonlocal taken
        with transaction() as connection:
            moves.impatient(connection)
            taken = rows.take(connection, batch["id"], after) or ""
            if not taken:
                return Outcome(instance="", status="")
            outcome = moving.move_within(office, connection, actor, wish, taken)
            rows.done(connection, batch["id"], taken, outcome.status, ())
            return outcome

    outcome = moving.safely(taken, act)
    if taken and outcome.reasons:
        reasons = [
            {"element": one.where, "message": one.message, "cure": one.cure} for one in outcome.reasons
        ]
        with transaction() as connection:
            rows.done(connection, batch["id"], taken, outcome.status, reasons)
    return taken


def progress(actor: Actor, batch: str) -> dict[str, Any]:
    """How far a batch is: its row and ``counts`` by outcome. Raises NotFound."""
    actor.require(*moving.LOOKERS)
    with transaction() as connection:
        row = rows.BATCHES.one(connection, {"id": batch})
        if row is None:
            raise NotFound("没有这个批次", cure="请核对批次编号")
        return {**row, "counts": rows.progress(connection, batch)}


def listed(actor: Actor, page: Page, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Batches, newest first, each with its counts."""
    actor.require(*moving.LOOKERS)
    with transaction() as connection:
        found = rows.BATCHES.find(connection, wanted, page)
        return [{**row, "counts": rows.progress(connection, row["id"])} for row in found]


def items(actor: Actor, batch: str, page: Page, status: str = "") -> Sequence[Mapping[str, Any]]:
    """What became of each case of a batch."""
    progress(actor, batch)
    wanted: dict[str, Any] = {"batch": batch}
    if status == "waiting":
        wanted["todo"] = {}
    elif status:
        wanted["status"] = status
    with transaction() as connection:
        return rows.ITEMS.find(connection, wanted, page)
