"""Sealing the journal into its chain, and finding out whether anybody has touched it since."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from service.errors import XuejiError
from service.registry import chain
from service.registry.chain import Chain
from service.store import journal as rows
from service.store.db import transaction

log = logging.getLogger(__name__)

BATCH = 2000


class Tampered(XuejiError):
    """The chain's end is not the one that was signed: signing what comes after it would make a forgery good."""

    code, status = "journal_tampered", 500


def seal(secret: str, limit: int = BATCH) -> int:
    """Chain the entries that are not chained yet and sign the new head; how many. Raises Tampered."""
    with transaction() as connection:
        entries = rows.unsealed(connection, limit)
        if not entries:
            return 0
        _check_end(connection, secret)
        links = list(_links(connection, entries))
        rows.add(connection, links)
        last = links[-1]
        rows.sign(connection, last["seq"], last["hash"], chain.sign(secret, last["seq"], last["hash"]))
    return len(entries)


def _check_end(connection: Connection, secret: str) -> None:
    end = rows.tail(connection)
    if end is None:
        return
    head = rows.head(connection, end[0])
    if head is None or not chain.signed(head, end[1], secret):
        cure = "请运行 xueji journal verify 查明；密钥更换过的，请先导出旧链"
        raise Tampered(f"办理记录链尾第 {end[0]} 环没有有效的签名，不再续签", cure=cure)


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
    try:
        while seal(secret):
            pass
    except Tampered:
        log.exception("the journal's end is not signed")  # what is wrong is told below, all of it
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
