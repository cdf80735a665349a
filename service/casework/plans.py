"""A plan of moving cases from one version of a procedure to another: the mapping of elements, generated and judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from service.casework.context import Office
from service.engine import Definition, Guide, alike, mismatch
from service.errors import BadRequest, Conflict, Problem
from service.store.db import transaction
from service.store.definitions import DefinitionRow
from service.store.progress import read_clock


@dataclass(frozen=True, kw_only=True)
class Step:
    """An element of the source and what it is in the target; ``restart`` sets its timer anew."""

    source: str
    target: str
    restart: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where cases are to go. Without ``source`` cases of any other version are meant.

    What no step names keeps its id.
    """

    target: str
    source: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def guide(self) -> Guide:
        return Guide(
            elements={step.source: step.target for step in self.steps},
            restarted=frozenset(step.source for step in self.steps if step.restart),
        )

    def as_data(self) -> dict[str, Any]:
        steps = [[step.source, step.target, step.restart] for step in self.steps]
        return {"source": self.source, "target": self.target, "steps": steps}


def plan_of(data: Mapping[str, Any]) -> Plan:
    """A plan as ``as_data`` keeps it."""
    steps = tuple(
        Step(source=source, target=target, restart=restart) for source, target, restart in data["steps"]
    )
    return Plan(source=data["source"], target=data["target"], steps=steps)


@dataclass(frozen=True, kw_only=True)
class Versions:
    """Both ends of a plan; ``source`` is None when cases of any version are meant."""

    target: DefinitionRow
    compiled: Definition
    source: DefinitionRow | None = None
    source_compiled: Definition | None = field(default=None)


def versions(office: Office, connection: Connection, plan: Plan) -> Versions:
    """The definitions a plan names. Raises NotFound, Conflict when they are not of one procedure and region."""
    target = office.shelf.row(connection, plan.target)
    compiled = office.shelf.compiled(connection, target)
    if not plan.source:
        return Versions(target=target, compiled=compiled)
    source = office.shelf.row(connection, plan.source)
    check_kin(source, target)
    return Versions(
        target=target,
        compiled=compiled,
        source=source,
        source_compiled=office.shelf.compiled(connection, source),
    )


def check_kin(source: DefinitionRow, target: DefinitionRow) -> None:
    """Cases move between versions of one procedure in one region only."""
    if (source.key, source.tenant) != (target.key, target.tenant):
        raise Conflict(
            f"“{source.name}”（{source.key}，{source.tenant or '全国'}）的办件"
            f"不能移到“{target.name}”（{target.key}，{target.tenant or '全国'}）",
            cure="只能在同一业务、同一地区的各版本之间移动",
        )


def current(office: Office, procedure: str, tenant: str | None) -> str:
    """The definition in force today of a procedure in a region. Raises Conflict when there is none."""
    with transaction() as connection:
        now, release = read_clock(connection)
        row = office.shelf.current_row(connection, procedure, tenant, now.date(), release)
    if row is None:
        where = tenant or "全国"
        raise Conflict(f"{where}没有现行的业务“{procedure}”", cure="请核对业务名称和地区代码")
    return row.id


def generate(office: Office, source: str, target: str, *, restart: bool = False) -> Plan:
    """The plan that leaves every element what it is: those with one id, one kind and one place in both diagrams."""
    with transaction() as connection:
        both = versions(office, connection, Plan(source=source, target=target))
    assert both.source_compiled is not None, "a source was named"
    steps = tuple(
        Step(source=element, target=element, restart=restart and timer)
        for element, timer in alike(both.source_compiled, both.compiled)
    )
    return Plan(source=source, target=target, steps=steps)


def judge(office: Office, plan: Plan) -> list[tuple[Step, list[Problem]]]:
    """What is wrong with each step of a plan, whatever the cases are like."""
    if not plan.source:
        raise BadRequest("没有指明原版本", cure="请给出 sourceProcessDefinitionId")
    with transaction() as connection:
        both = versions(office, connection, plan)
    assert both.source_compiled is not None, "a source was named"
    found = []
    for step in plan.steps:
        problems = list(_twice(step, plan.steps))
        reason = mismatch(both.source_compiled, both.compiled, step.source, step.target)
        if reason:
            problems.append(Problem(message=reason, where=step.source, file=both.source_compiled.file))
        found.append((step, problems))
    return found


def _twice(step: Step, steps: Sequence[Step]) -> Iterator[Problem]:
    if sum(1 for one in steps if one.source == step.source) > 1:
        yield Problem(message=f"“{step.source}”在方案里对应了两次", where=step.source, cure="请只留一条")
    if sum(1 for one in steps if one.target == step.target) > 1:
        yield Problem(message=f"有两个元素都对应到“{step.target}”", where=step.source, cure="请只留一条")
