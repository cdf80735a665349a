"""The journal's chain: a change, a gap, another order and a cut-off end are found, here and in an export."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.casework import journal
from service.casework.context import Office
from service.registry.chain import Chain, sign
from service.store.db import transaction
from tests.casework.people import do, start

SECRET = "a secret of tests"


def test_an_untouched_journal_is_whole(office: Office) -> None:
    case = start(office)
    do(office, case, "receiving_school/approve")
    start(office, "河北省直属实验小学二年级在校生")
    count, wrong = journal.verify(SECRET)
    assert (count, wrong) == (3, [])
    do(office, case, "sending_school/review")
    assert journal.verify(SECRET) == (4, []), "the chains of case and student go on where they stood"
    assert journal.seal(SECRET) == 0
    assert journal.verify_export(iter(list(journal.export())), SECRET) == (4, [])


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update journal set actor = 'x' where id = (select max(id) from journal)", "改动"),
        ("delete from journal where id = (select min(id) from journal)", "缺失"),
        ("delete from journal_link where seq = 1", "缺失"),
        ("delete from journal_link where seq = 2", "断尾"),
        ("update journal_link set hash = repeat('0', 64) where seq = 2", "签名"),
        ("delete from journal_head", "没有签名"),
        ("update journal_head set signature = repeat('0', 64)", "签名不符"),
    ],
)
def test_whoever_gets_round_the_database_is_found_out(office: Office, statement: str, told: str) -> None:
    case = start(office)
    do(office, case, "receiving_school/approve")
    while journal.seal(SECRET):
        pass
    for table in ("journal", "journal_link", "journal_head"):
        execute(f"alter table {table} disable trigger user")
    execute(statement)
    exported = iter(list(journal.export()))
    _, wrong = journal.verify_export(exported, SECRET)
    assert wrong
    assert any(told in sentence for sentence in wrong), wrong


def test_a_chain_made_anew_without_the_secret_is_neither_taken_nor_signed(office: Office) -> None:
    """The database's owner forges an entry, makes every hash anew, takes the signatures away and waits for the seal."""
    case = start(office)
    do(office, case, "receiving_school/approve")
    while journal.seal(SECRET):
        pass
    for table in ("journal", "journal_link", "journal_head"):
        execute(f"alter table {table} disable trigger user")
    execute("update journal set actor = 'x' where id = (select min(id) from journal)")
    execute("delete from journal_head")
    execute("delete from journal_link")
    while journal.seal("the forger's own"):
        pass
    execute("delete from journal_head")
    do(office, case, "sending_school/review")
    with pytest.raises(journal.Tampered):
        journal.seal(SECRET)
    count, wrong = journal.verify(SECRET)
    assert count == 2
    assert any("没有签名" in sentence for sentence in wrong), wrong


@pytest.mark.parametrize("table", ["journal", "journal_link", "journal_head"])
@pytest.mark.parametrize("statement", ["truncate {}", "delete from {}", "update {} set {} = {}"])
def test_the_tables_owner_is_refused_too(office: Office, table: str, statement: str) -> None:
    start(office)
    column = "signature" if table == "journal_head" else "hash" if table == "journal_link" else "actor"
    with pytest.raises(DBAPIError, match="append-only"):
        execute(statement.format(table, column, column))


def entries(*numbers: int) -> list[dict[str, Any]]:
    texts = ("at", "recorded_at", "case_number", "instance", "student", "actor", "verb", "element")
    return [
        {"id": number, **dict.fromkeys(texts, "t"), "detail": {"n": number}, "clauses": []}
        for number in numbers
    ]


def mutations() -> list[tuple[str, Any]]:
    """Every single thing of an export changed, one at a time."""
    links = exported_links()
    found: list[tuple[str, Any]] = []
    for place, link in enumerate(links):
        for name in ("seq", "entry", "hash", "case_hash", "student_hash"):
            value = link[name]
            forged = {**link, name: value + 1 if isinstance(value, int) else "0" * 64}
            found.append((f"{place}.{name}", [*links[:place], forged, *links[place + 1 :]]))
        for name, value in link["content"].items():
            changed = {**link["content"], name: f"{value}x" if isinstance(value, str) else [value, "other"]}
            found.append(
                (
                    f"{place}.content.{name}",
                    [*links[:place], {**link, "content": changed}, *links[place + 1 :]],
                )
            )
        found.append((f"without {place}", [*links[:place], *links[place + 1 :]]))
        found.append((f"twice {place}", [*links[:place], link, *links[place:]]))
    found.append(("reversed", links[::-1]))
    return found


def exported_links() -> list[dict[str, Any]]:
    chain = Chain()
    return [{**chain.add(entry), "content": entry} for entry in entries(1, 2, 3)]


@pytest.mark.parametrize(
    ("what", "links"), mutations(), ids=lambda given: given if isinstance(given, str) else ""
)
def test_any_change_of_an_export_is_found(what: str, links: list[dict[str, Any]]) -> None:
    last = exported_links()[-1]["hash"]
    head = {"seq": 3, "hash": last, "signature": sign(SECRET, 3, last)}
    assert journal.verify_export(iter([{"heads": [head]}, *exported_links()]), SECRET)[1] == []
    assert journal.verify_export(iter([{"heads": [head]}, *links]), SECRET)[1], what


def execute(statement: str) -> None:
    with transaction() as connection:
        connection.execute(text(statement))


def test_another_order_is_found() -> None:
    chain = Chain()
    links = [{**chain.add(entry), "content": entry} for entry in entries(1, 2, 3)]
    head = {"seq": 3, "hash": chain.last, "signature": sign(SECRET, 3, chain.last)}
    lines = [{"heads": [head]}, *links]
    assert journal.verify_export(iter(lines), SECRET) == (3, [])
    swapped = [
        {**links[0], "content": links[1]["content"]},
        {**links[1], "content": links[0]["content"]},
        links[2],
    ]
    assert len(journal.verify_export(iter([lines[0], *swapped]), SECRET)[1]) == 2
    _, wrong = journal.verify_export(iter(lines), "another secret")
    assert len(wrong) == 1
