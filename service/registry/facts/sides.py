"""Facts about the two sides of a transfer: who they are and how they lie to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from service.policy.values import Value
from service.registry.facts.base import Fact, Question, fact
from service.registry.model import Unit

_SIDES = {"receiving": "转入", "sending": "转出"}
_LEVELS = {"school": "学校", "authority": "主管部门"}


Answer: TypeAlias = Callable[[Question], Value]


@fact("boolean", "同一学校", "转入学校是否就是学籍现在所在的学校。")
def same_school(q: Question) -> Value:
    return _both(q, lambda one, other: one.id == other.id, "{}_school")


@fact("boolean", "同一主管部门", "转入、转出学校的学籍主管部门是否为同一单位。")
def same_authority(q: Question) -> Value:
    return _both(q, lambda one, other: one.id == other.id, "{}_authority")


@fact("boolean", "同一区县", "两校是否在同一区县（按所在地，不按举办者）。")
def same_county(q: Question) -> Value:
    return _both(q, lambda one, other: one.county == other.county)


@fact("boolean", "同一地市", "两校是否在同一地市（含同一区县）。")
def same_city(q: Question) -> Value:
    return _both(q, lambda one, other: q.law.same_city(one.county, other.county))


@fact("boolean", "同一省份", "两校是否在同一省、自治区、直辖市。")
def same_province(q: Question) -> Value:
    return _both(q, lambda one, other: q.law.same_province(one.county, other.county))


@fact("boolean", "同在中心城区", "两校所在区县是否都属于同一地市的中心城区（名单见该地区的 region.yaml）。")
def within_central_urban_area(q: Question) -> Value:
    return _both(q, lambda one, other: q.law.within_central_urban_area(one.county, other.county))


@fact(
    "boolean",
    "学籍在转出学校",
    "学籍现在是否就在本件的转出学校；由转出学校发起的业务用它核对是不是本校学生。",
)
def record_at_sending_school(q: Question) -> Value:
    record, sending = q.record_school(), q.party("sending_school")
    return record.id == sending.id if record and sending else None


@fact("string", "转入学校名称", "学生要去就读的学校的名称，如用来登记就读地。")
def receiving_school_name(q: Question) -> Value:
    school = q.party("receiving_school")
    return school.name if school else None


@fact("boolean", "转入学校属转入主管部门", "选定的转入学校是否归本件的转入主管部门主管，或坐落在它的辖区。")
def receiving_school_in_district(q: Question) -> Value:
    school, authority = q.party("receiving_school"), q.party("receiving_authority")
    return authority.id in (school.run_by, school.parent) if school and authority else None


def _both(q: Question, test: Callable[[Unit, Unit], bool], party: str = "") -> Value:
    one, other = ((q.party(party.format(side)) if party else q.place(side)) for side in _SIDES)
    return test(one, other) if one and other else None


def _school_kind(side: str) -> Answer:
    def answer(q: Question) -> Value:
        school = q.party(f"{side}_school")
        return school.ownership if school else None

    return answer


def _school_type(side: str) -> Answer:
    def answer(q: Question) -> Value:
        school = q.party(f"{side}_school")
        return school.school_type if school else None

    return answer


def _region(side: str) -> Answer:
    def answer(q: Question) -> Value:
        place = q.place(side)
        stage = q.enrolment.stage if q.enrolment else None
        return q.law.region_of(place.county, q.today, stage) if place else None

    return answer


def _directly_run(side: str) -> Answer:
    def answer(q: Question) -> Value:
        school = q.party(f"{side}_school")
        return school.run_by not in (None, school.parent) if school else None

    return answer


def _one_person(party: str) -> Answer:
    def answer(q: Question) -> Value:
        unit = q.party(party)
        return len(q.law.roles.qualified_people(q.snapshot.people, unit.id, q.today)) == 1 if unit else None

    return answer


def _of_side(side: str, zh: str) -> tuple[Fact, ...]:
    return (
        Fact(
            name=f"{side}_school_kind",
            type="string",
            label_zh=f"{zh}学校办学性质",
            doc="public 公办、private 民办。",
            answer=_school_kind(side),
        ),
        Fact(
            name=f"{side}_school_type",
            type="string",
            label_zh=f"{zh}学校类型",
            doc="ordinary 普通、special 特殊教育、work_study 工读、specialised 专门、vocational 职业。",
            answer=_school_type(side),
        ),
        Fact(
            name=f"{side}_region",
            type="string",
            label_zh=f"{zh}地适用规则的地区",
            doc="从区县向上第一个有自己规则、当日有效且覆盖该学段的地区代码；没有则为 000000。",
            answer=_region(side),
        ),
        Fact(
            name=f"{side}_school_directly_run",
            type="boolean",
            label_zh=f"{zh}学校为直管学校",
            doc="不归所在区县，而由省、市教育行政部门直接管理（MOE2013-18）。",
            answer=_directly_run(side),
        ),
        *(_one_person_of(side, zh, level, level_zh) for level, level_zh in _LEVELS.items()),
    )


def _one_person_of(side: str, zh: str, level: str, level_zh: str) -> Fact:
    return Fact(
        name=f"{side}_{level}_one_person",
        type="boolean",
        label_zh=f"{zh}{level_zh}只有一名有资格人员",
        doc="只有一人时无法双人核办，须由上级指定代办人（assumed）。",
        answer=_one_person(f"{side}_{level}"),
    )


FACTS = (
    same_school,
    same_authority,
    same_county,
    same_city,
    same_province,
    within_central_urban_area,
    record_at_sending_school,
    receiving_school_name,
    receiving_school_in_district,
    *(made for side, zh in _SIDES.items() for made in _of_side(side, zh)),
)
