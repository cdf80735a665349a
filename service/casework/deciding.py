"""Trying a decision out: what a deployed table answers to given inputs. Nothing is read of any student or case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from service.casework.context import Office
from service.engine.decisions import parse_dmn
from service.engine.failures import Names
from service.engine.moments import functions
from service.errors import Invalid, NotFound, Problem
from service.policy.values import Value
from service.store import decisions as rows
from service.store import definitions
from service.store.db import transaction
from service.store.listing import Page
from service.store.progress import read_clock

Closure = Mapping[str, tuple[str, bytes]]  # name of a file -> digest and content


def keep(connection: Connection, deployment: str, closures: Iterable[tuple[str | None, Closure]]) -> None:
    """Put down the decisions of what was deployed, tenant and files each, inside the deployment's transaction."""
    done: set[tuple[str | None, str]] = set()
    for tenant, files in closures:
        for name, (digest, content) in sorted(files.items()):
            if name.endswith(".dmn") and (tenant, digest) not in done:
                done.add((tenant, digest))
                decisions = {one.id: one.name for one in parse_dmn(content, name).values()}
                table = {"file": name, "digest": digest, "tenant": tenant, "deployment": deployment}
                rows.store(connection, table, decisions)


def found(wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row of a decision. Raises NotFound."""
    with transaction() as connection:
        matching = rows.DECISIONS.find(connection, wanted, Page(limit=1))
    if not matching:
        raise NotFound("没有这个决策", cure="请核对标识；只有全国的可以不写地区（tenant-id）")
    return matching[0]


def source(row: Mapping[str, Any]) -> bytes:
    """The table's file as deployed."""
    with transaction() as connection:
        return definitions.contents(connection, [row["digest"]])[row["digest"]]


def evaluate(office: Office, row: Mapping[str, Any], values: Mapping[str, Value]) -> list[dict[str, Value]]:
    """Every row of the result, in the order of the hit policy. What a case would know as a fact is given here too.

    Raises Invalid naming each input that is missing, EvaluationError for one the table cannot take.
    """
    decision = parse_dmn(source(row), row["file"])[row["key"]]
    missing = sorted(decision.names - values.keys())
    if missing:
        problems = [Problem(message="没有给出", where=name) for name in missing]
        raise Invalid(
            f"决策“{decision.name}”还要用到：{'、'.join(missing)}",
            cure="请在 variables 中给出",
            problems=problems,
        )
    with transaction() as connection:
        now, _ = read_clock(connection)
    calendar = office.shelf.rules.calendar(row["tenant"])
    scope = Names(values=values, functions=functions(now, calendar))
    answer: list[dict[str, Value]] = decision.evaluate(scope, "resultList").value
    return answer
