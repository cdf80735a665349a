"""Who plays which part in a case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.errors import BadDefinition, Conflict
from service.registry.model import CaseView
from service.registry.parties import Parties
from tests.registry.desk import Desk

CHANGYUAN = "长垣实验小学五年级在校生"


@pytest.mark.parametrize(
    ("party", "unit"),
    [
        ("receiving_school", "红旗小学"),
        ("sending_school", "长垣实验小学"),
        ("receiving_authority", "红旗区教育局"),
        ("sending_authority", "长垣市教育局"),
        ("superior_of_receiving_authority", "新乡市教育局"),
        ("superior_of_sending_school", "长垣市教育局"),
        ("receiving_prefecture", "新乡市教育局"),
        ("sending_province", "河南省教育厅"),
        ("superior_of_receiving_prefecture", "河南省教育厅"),
        ("school", "长垣实验小学"),
        ("authority", "长垣市教育局"),
        ("competent_authority", "长垣市教育局"),
        ("superior", "新乡市教育局"),
    ],
)
def test_a_transfer_between_counties_finds_its_parties(desk: Desk, party: str, unit: str) -> None:
    assert desk.case(CHANGYUAN, "红旗小学").party(party).name == unit


def test_a_school_run_by_the_prefecture_answers_to_it_and_lies_in_its_county(desk: Desk) -> None:
    case = desk.case(CHANGYUAN, "新乡市特殊教育学校")
    assert case.party("receiving_authority").name == "新乡市教育局"
    assert case.party("receiving_place_authority").name == "红旗区教育局"
    assert case.party("superior_of_receiving_school").name == "新乡市教育局"
    assert case.party("superior_of_receiving_authority").name == "河南省教育厅"


def test_a_school_run_by_the_province_answers_to_it(desk: Desk) -> None:
    case = desk.case("河北省直属实验小学二年级在校生")
    assert case.party("sending_authority").name == "河北省教育厅"
    assert case.party("sending_place_authority").name == "桥西区教育局"


def test_the_sending_school_stays_when_the_record_has_moved(desk: Desk) -> None:
    case = desk.case(CHANGYUAN, "红旗小学")
    case.work("registry.transfer_record", {})
    assert desk.enrolment(CHANGYUAN).school == "hongqi_primary"
    assert case.party("sending_school").name == "长垣实验小学"
    assert case.party("sending_authority").name == "长垣市教育局"


def test_an_authority_that_began_the_case_needs_no_receiving_school(desk: Desk) -> None:
    case = desk.case(CHANGYUAN)
    case.see(replace(case.case, parties={**case.case.parties, "receiving_authority": "muye_education"}))
    assert case.party("receiving_authority").name == "牧野区教育局"
    assert case.party("superior_of_receiving_authority").name == "新乡市教育局"


def test_a_party_nobody_has_set_is_a_conflict_that_names_it(desk: Desk) -> None:
    with pytest.raises(Conflict, match="尚不能确定转入主管部门"):
        desk.case(CHANGYUAN).party("receiving_authority")


def test_an_unknown_party_is_refused_with_the_list(desk: Desk) -> None:
    with pytest.raises(BadDefinition, match="receiving_school"):
        desk.case(CHANGYUAN).party("neighbour")


def test_a_merged_school_is_played_by_the_one_that_took_it_over(desk: Desk) -> None:
    units = dict(desk.world.data.units)
    units["muye_primary"] = replace(units["muye_primary"], successor="hongqi_primary")
    desk.world.data = replace(desk.world.data, units=units)
    case = desk.case("牧野小学四年级在校生", "长垣实验小学")
    assert case.party("sending_school").name == "红旗小学"
    assert case.party("sending_authority").name == "红旗区教育局"


def test_a_start_writes_down_the_schools_because_they_will_change(desk: Desk) -> None:
    settled = desk.case(CHANGYUAN, "红旗小学").to_settle()
    assert settled == {
        "receiving_school": "hongqi_primary",
        "sending_school": "changyuan_primary",
        "school": "changyuan_primary",
    }


def test_a_case_without_a_student_settles_no_sending_school(desk: Desk) -> None:
    case = desk.case(CHANGYUAN, "红旗小学")
    case.see(replace(case.case, student=None, parties={"receiving_school": "hongqi_primary"}))
    assert case.to_settle() == {"receiving_school": "hongqi_primary"}
    assert isinstance(case.case, CaseView)


def test_the_list_knows_superiors_kinds_and_labels(desk: Desk) -> None:
    parties = desk.law.parties
    assert parties.known("superior_of_sending_school")
    assert not parties.known("superior_of_neighbour")
    assert parties.kind("superior_of_sending_school") == "authority"
    assert parties.kind("sending_school") == "school"
    assert parties.label("superior_of_receiving_authority") == "转入主管部门的上级主管部门"


def test_only_parties_resting_on_the_case_need_setting(desk: Desk) -> None:
    parties = desk.law.parties
    needing = {name for name in parties.rules if parties.needs_setting(name)}
    assert needing == {name for name in parties.rules if name.startswith("receiving_")}
    assert parties.needs_setting("superior_of_receiving_authority")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "parties: [{party: a, label: 甲, kind: school, from: authority_of, of: b}]",
            "“of”的值“b”不在允许之列",
        ),
        ("parties: [{party: superior_of_a, label: 甲, kind: school, from: case}]", "已经有了"),
        ("parties: [{party: a, label: 甲, kind: school, from: case, colour: red}]", "不认识的键“colour”"),
    ],
)
def test_a_wrong_list_is_refused_with_the_place(text: str, sentence: str) -> None:
    with pytest.raises(BadDefinition, match=sentence):
        Parties.load(text.encode(), "parties.yaml")
