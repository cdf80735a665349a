"""Which change of status is allowed where, on which occasion."""

from __future__ import annotations

from datetime import date

import pytest

from service.errors import BadDefinition
from service.registry.errors import ActionRefused
from service.registry.law import Law
from service.registry.model import Enrolment
from service.registry.statuses import Statuses, Transitions

ON = date(2026, 9, 3)
NATION, XINXIANG, LINXIA, SHANGHAI = "130102", "410702", "622901", "310104"
EVERYWHERE = (NATION, XINXIANG, LINXIA, SHANGHAI)

# The table of transitions the regulations give: from, to, occasion, stage, where it holds.
ALLOWED = [
    ("none", "in_school", "enrolment", "primary", EVERYWHERE),
    ("none", "in_school", "late_record_creation", "primary", EVERYWHERE),
    ("none", "forfeited", "late_registration", "senior", (LINXIA,)),
    ("none", "admission_void", "late_registration", "junior", (SHANGHAI,)),
    ("in_school", "in_school", "transfer", "primary", EVERYWHERE),
    ("in_school", "in_school", "cross_province_transfer", "senior", EVERYWHERE),
    ("in_school", "in_school", "offline_transfer", "primary", EVERYWHERE),
    ("abroad", "abroad", "transfer", "primary", EVERYWHERE),
    ("left_other", "left_other", "transfer", "primary", EVERYWHERE),
    ("withdrawn", "withdrawn", "transfer", "senior", EVERYWHERE),
    ("expelled", "expelled", "cross_province_transfer", "senior", EVERYWHERE),
    ("abroad", "in_school", "receiving_formalities", "primary", EVERYWHERE),
    ("withdrawn", "in_school", "receiving_formalities", "primary", EVERYWHERE),
    ("in_school", "suspended", "suspension", "primary", EVERYWHERE),
    ("in_school", "suspended", "imposed_suspension", "primary", (XINXIANG,)),
    ("suspended", "suspended", "suspension_extension", "primary", EVERYWHERE),
    ("suspended", "in_school", "resumption", "primary", EVERYWHERE),
    ("suspended", "dropout", "suspension_expiry", "primary", (XINXIANG,)),
    ("suspended", "interrupted", "suspension_expiry", "junior", (SHANGHAI,)),
    ("suspended", "withdrawn", "suspension_expiry", "senior", (SHANGHAI,)),
    ("in_school", "suspected_dropout", "suspected_dropout", "primary", (XINXIANG,)),
    ("suspected_dropout", "in_school", "return_to_school", "primary", (XINXIANG,)),
    ("suspected_dropout", "dropout", "dropout", "primary", (XINXIANG,)),
    ("in_school", "dropout", "dropout", "primary", (NATION, XINXIANG, LINXIA)),
    ("in_school", "left_other", "left_other", "primary", EVERYWHERE),
    ("suspected_dropout", "left_other", "left_other", "primary", EVERYWHERE),
    ("dropout", "in_school", "return_to_school", "primary", (NATION, XINXIANG, LINXIA)),
    ("in_school", "interrupted", "interruption", "primary", (SHANGHAI,)),
    ("interrupted", "in_school", "reinstatement", "junior", (SHANGHAI,)),
    ("interrupted", "withdrawn", "auto_withdrawal", "junior", (SHANGHAI,)),
    ("suspended", "withdrawn", "auto_withdrawal", "junior", (SHANGHAI,)),
    ("in_school", "withdrawn", "late_registration", "senior", (SHANGHAI,)),
    ("in_school", "abroad", "going_abroad", "primary", (NATION, XINXIANG, LINXIA)),
    ("in_school", "withdrawn", "going_abroad", "primary", (SHANGHAI,)),
    ("in_school", "suspended", "going_abroad", "primary", (SHANGHAI,)),
    ("abroad", "in_school", "return_from_abroad", "primary", EVERYWHERE),
    ("in_school", "withdrawn", "withdrawal", "primary", (XINXIANG, SHANGHAI)),
    ("in_school", "withdrawn", "withdrawal", "senior", (LINXIA, SHANGHAI)),
    ("in_school", "expelled", "discipline", "senior", (SHANGHAI,)),
    ("expelled", "withdrawn", "auto_withdrawal", "senior", (SHANGHAI,)),
    ("in_school", "withdrawn", "auto_withdrawal", "senior", (SHANGHAI,)),
    ("withdrawn", "in_school", "record_restoration", "senior", (SHANGHAI,)),
    ("in_school", "in_school", "promotion", "primary", EVERYWHERE),
    ("in_school", "in_school", "retention", "primary", (XINXIANG, SHANGHAI)),
    ("in_school", "in_school", "skip_grade", "primary", (SHANGHAI,)),
    ("in_school", "graduated", "graduation", "junior", EVERYWHERE),
    ("in_school", "completed", "graduation", "junior", EVERYWHERE),
    ("withdrawn", "incomplete", "completion_certs", "senior", (SHANGHAI,)),
    ("graduated", "admitted", "stage_transition", "primary", EVERYWHERE),
    ("admitted", "in_school", "stage_transition", "junior", EVERYWHERE),
    ("graduated", "in_school", "cross_province_after_graduation", "junior", EVERYWHERE),
    ("admitted", "graduated", "admission_rollback", "junior", EVERYWHERE),
    ("graduated", "in_school", "graduation_rollback", "junior", EVERYWHERE),
    ("dropout", "deceased", "death", "primary", EVERYWHERE),
]

FORBIDDEN = [
    ("suspended", "suspended", "transfer", "primary", NATION, "MOE2016-3.2-c"),
    ("suspended", "suspended", "transfer", "primary", XINXIANG, "XX2018-24-g"),
    ("suspended", "suspended", "transfer", "senior", LINXIA, "LX2022-3.2.1-g"),
    ("suspended", "suspended", "cross_province_transfer", "primary", SHANGHAI, "MOE2016-3.2-c"),
    ("withdrawn", "in_school", "receiving_formalities", "senior", LINXIA, "LX2022-3.2.3-c"),
    ("expelled", "in_school", "resumption", "senior", LINXIA, "LX2022-3.2.3-c"),
    ("in_school", "expelled", "discipline", "junior", XINXIANG, "XX2018-26-b"),
]


def record(status: str, stage: str, *flags: str) -> Enrolment:
    return Enrolment(school="school", stage=stage, grade=1, status=status, flags=frozenset(flags))


@pytest.mark.parametrize("row", ALLOWED, ids=lambda row: "-".join(row[:4]))
def test_a_change_is_allowed_where_a_regulation_says_so(
    law: Law, row: tuple[str, str, str, str, tuple[str, ...]]
) -> None:
    status, to, trigger, stage, places = row
    for county in EVERYWHERE:
        # The Xinxiang rules are silent about senior pupils, who come under the nation's.
        transitions = law.transitions(county, ON, stage)
        if county in places:
            assert transitions.check(record(status, stage), to, trigger)
        else:
            with pytest.raises(ActionRefused):
                transitions.check(record(status, stage), to, trigger)


@pytest.mark.parametrize("row", FORBIDDEN, ids=lambda row: f"{row[0]}-{row[2]}-{row[4]}")
def test_a_forbidden_change_names_its_clause(law: Law, row: tuple[str, str, str, str, str, str]) -> None:
    status, to, trigger, stage, county, clause = row
    with pytest.raises(ActionRefused) as refusal:
        law.transitions(county, ON, stage).check(record(status, stage), to, trigger)
    assert refusal.value.error_code == "status_not_allowed"
    assert refusal.value.status == 409
    assert clause in refusal.value.problem.clauses


@pytest.mark.parametrize("flag", ["missing", "detained"])
def test_a_missing_or_detained_student_keeps_the_record(law: Law, flag: str) -> None:
    transitions = law.transitions(XINXIANG, ON, "primary")
    with pytest.raises(ActionRefused, match="不得取消学籍"):
        transitions.check(record("in_school", "primary", flag), "withdrawn", "withdrawal")
    assert transitions.check(record("in_school", "primary"), "withdrawn", "withdrawal")


def test_a_change_nobody_provides_for_says_what_the_occasion_is_for(law: Law) -> None:
    with pytest.raises(ActionRefused) as refusal:
        law.transitions(NATION, ON, "primary").check(
            record("graduated", "primary"), "in_school", "resumption"
        )
    assert "毕业" in refusal.value.message
    assert "休学" in refusal.value.problem.cure
    assert refusal.value.problem.clauses == ("MOE2013-19-b",)


def test_senior_pupils_of_xinxiang_come_under_the_nations_table(law: Law) -> None:
    assert law.transitions(XINXIANG, ON, "senior") is law.transitions(NATION, ON, "senior")


def test_a_locked_record_blocks_graduation_by_no_problem_flag(law: Law) -> None:
    flagged = Enrolment(school="s", stage="junior", grade=9, problem_flag="locked", number_class="L")
    assert law.transitions(NATION, ON, "junior").check(flagged, "graduated", "graduation")


def test_nothing_leads_out_of_a_terminal_status(law: Law) -> None:
    terminal = {one.name for one in law.statuses.statuses.values() if one.terminal}
    assert terminal == {"forfeited", "admission_void", "deceased"}
    for county in EVERYWHERE:
        for row in law.transitions(county, ON, "primary").allowed:
            assert not terminal & set(row.sources)


def test_every_region_keeps_the_nations_occasions_it_does_not_replace(law: Law) -> None:
    national = law.transitions(NATION, ON, "primary").triggers()
    for county, replaced in ((XINXIANG, set()), (LINXIA, set()), (SHANGHAI, {"dropout", "return_to_school"})):
        assert national - law.transitions(county, ON, "primary").triggers() == replaced


STATUSES = b"""
statuses: [{ status: in_school, label: x }, { status: gone, label: y, terminal: true }]
"""


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("{ from: [in_school], to: nowhere, by: x, clauses: [] }", "“to”的值“nowhere”不在允许之列"),
        ("{ from: [nowhere], to: gone, by: x, clauses: [] }", "没有“nowhere”这个状态"),
        ("{ from: [gone], to: in_school, by: x, clauses: [] }", "终止状态"),
        ("{ from: [in_school], to: gone, clauses: [] }", "缺少“by”"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(row: str, sentence: str) -> None:
    statuses = Statuses.load(STATUSES, "statuses.yaml")
    with pytest.raises(BadDefinition, match=sentence) as refusal:
        Transitions.load(f"allowed:\n  - {row}\nforbidden: []".encode(), "transitions.yaml", statuses)
    assert refusal.value.problem.line == 2


def test_a_status_listed_twice_is_refused() -> None:
    with pytest.raises(BadDefinition, match="已经有了"):
        Statuses.load(b"statuses: [{ status: a, label: x }, { status: a, label: y }]", "statuses.yaml")
