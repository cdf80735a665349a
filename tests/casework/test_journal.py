"""The journal's chain: a change, a gap, another order and a cut-off end are found, here and in an export."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

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
    ],
)
def test_whoever_gets_round_the_database_is_found_out(office: Office, statement: str, told: str) -> None:
    case = start(office)
    do(office, case, "receiving_school/approve")
    while journal.seal(SECRET):
        pass
    for table in ("journal", "journal_link"):
        execute(f"alter table {table} disable trigger user")
    execute(statement)
    exported = iter(list(journal.export()))
    _, wrong = journal.verify_export(exported, SECRET)
    assert wrong
    assert any(told in sentence for sentence in wrong), wrong


def execute(statement: str) -> None:
    with transaction() as connection:
        connection.execute(text(statement))


def entries(*numbers: int) -> list[dict[str, Any]]:
    texts = ("at", "recorded_at", "case_number", "instance", "student", "actor", "verb", "element")
    return [
        {"id": number, **dict.fromkeys(texts, "t"), "detail": {"n": number}, "clauses": []}
        for number in numbers
    ]


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
