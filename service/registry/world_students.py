"""Students of a world file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from service.policy import identity
from service.policy.reader import Reader
from service.policy.values import to_date
from service.registry.law import Law
from service.registry.model import CaseLock, Enrolment, Student, Suspension, Unit
from service.registry.world_data import WorldStudent


def read_student(row: Reader, school: Unit, law: Law) -> WorldStudent:
    """One student with his record at ``school``."""
    number = row.text("id_number")
    born = identity.birth_date(number)
    if not identity.is_valid(number) or born is None:
        raise row.bad(f"身份证号“{number}”的格式、日期或校验码不对", "id_number", "请重新编一个虚构的号码")
    enrolment = _enrolment(row, school, law)
    periods = row.tables("suspensions") if row.has("suspensions") else ()
    return WorldStudent(
        called=row.text("called"),
        student=Student(id=row.text("id"), name=row.text("name"), birth_date=born),
        id_number=number,
        enrolment=enrolment,
        suspensions=tuple(_period(line, enrolment.stage) for line in periods),
        transfers=tuple(_days(row, "transfers")),
    )


def _enrolment(row: Reader, school: Unit, law: Law) -> Enrolment:
    grade, lists = row.integer("grade"), law.statuses
    stage = law.stage_at(school, grade)
    if stage is None or stage not in school.stages:
        raise row.bad(f"{school.name}没有{grade}年级", "grade", "核对年级与学校的 stages")
    return Enrolment(
        school=school.id,
        stage=stage,
        grade=grade,
        class_no=row.integer("class_no") if row.has("class_no") else None,
        status=row.choice("status", lists.statuses, "in_school"),
        number_class=row.choice("number_class", lists.side["number_class"], "G"),
        problem_flag=row.choice("problem_flag", lists.side["problem_flag"], "clear"),
        sanction=row.choice("sanction", lists.side["sanction"], "none"),
        case_lock=_lock(row.table("case_lock"), law) if row.has("case_lock") else None,
        place_of_study=row.text("place_of_study", ""),
        flags=_flags(row, law),
    )


def _flags(row: Reader, law: Law) -> frozenset[str]:
    flags = frozenset(row.texts("flags", ()))
    unknown = sorted(flags - law.statuses.side["flags"].keys())
    if unknown:
        raise row.bad(f"没有“{unknown[0]}”这个标记", "flags", "取值见 statuses.yaml")
    return flags


def _lock(line: Reader, law: Law) -> CaseLock:
    lock = CaseLock(kind=line.choice("kind", law.statuses.side["lock"]), case=line.text("case"))
    line.done()
    return lock


def _period(line: Reader, stage: str) -> Suspension:
    period = Suspension(
        stage=line.text("stage", stage),
        since=line.day("since"),
        until=line.day_or_none("until"),
        ended=line.day_or_none("ended"),
        ground=line.text("ground", ""),
    )
    line.done()
    return period


def _days(row: Reader, key: str) -> Iterator[date]:
    for text in row.texts(key, ()):
        day = to_date(text)
        if day is None:
            raise row.bad(f"“{text}”不是日期", key, '写成 ["2026-09-01"] 的样子')
        yield day
