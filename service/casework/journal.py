"""Sealing the journal into its chain, and finding out whether anybody has touched it since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from service.registry import chain
from service.registry.chain import Chain
from service.store import journal as rows
from service.store.db import transaction

BATCH = 2000


def seal(secret: str, limit: int = BATCH) -> int:
    """Chain the entries that are not chained yet and sign the new head; how many."""
    with transaction() as connection:
        entries = rows.unsealed(connection, limit)
        if not entries:
            return 0
        links = list(_links(connection, entries))
        rows.add(connection, links)
        last = links[-1]
        rows.sign(connection, last["seq"], last["hash"], chain.sign(secret, last["seq"], last["hash"]))
    return len(entries)


def _links(connection: Connection, entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    seq, last = rows.tail(connection) or (0, chain.START)
    state = Chain(seq=seq, last=last)
    for entry in entries:
        number, student = entry["case_number"], entry["student"]
        if number and number not in state.cases:
            state.cases[number] = rows.last_of_case(connection, number) or chain.START
        if student and student not in state.students:
            state.students[student] = rows.last_of_student(connection, student) or chain.START
        yield state.add(entry)


def verify(secret: str) -> tuple[int, list[str]]:
    """How many links there are, and everything that is wrong with them. What is not sealed yet is sealed first."""
    while seal(secret):
        pass
    with transaction() as connection:
        return _verified(rows.links(connection), rows.heads(connection), secret)


def verify_export(export: Iterator[Mapping[str, Any]], secret: str) -> tuple[int, list[str]]:
    """The same of an export: the first line holds the heads, each other one a link."""
    heads = {int(head["seq"]): head for head in next(export)["heads"]}
    return _verified(export, heads, secret)


def export() -> Iterator[dict[str, Any]]:
    """Everything ``verify_export`` needs, line by line."""
    with transaction() as connection:
        yield {"heads": list(rows.heads(connection).values())}
        yield from rows.links(connection)


def _verified(
    links: Iterator[Any], heads: Mapping[int, Mapping[str, Any]], secret: str
) -> tuple[int, list[str]]:
    count = 0

    def counted() -> Iterator[Any]:
        nonlocal count
        for link in links:
            count += 1
            yield link

    wrong = list(chain.verify(counted(), heads, secret))
    return count, wrong
