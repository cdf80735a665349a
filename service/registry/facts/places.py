"""Facts about the grade asked for at the receiving school: its stage, and whether there is a place."""

from __future__ import annotations

from service.policy.values import Value
from service.registry.facts.base import Question, fact


@fact("number", "转入年级", "申请就读的年级；表单没有填 requested_grade 时为学籍所在年级。")
def receiving_grade(q: Question) -> Value:
    return q.asked_grade()


@fact("string", "转入学段", "申请就读的年级在转入地（学校未定时按转入主管部门所在地）的学制中属于哪个学段。")
def receiving_stage(q: Question) -> Value:
    place, grade = q.place("receiving"), q.asked_grade()
    return q.law.stage_at(place, grade) if place and grade is not None else None


@fact("boolean", "转入年级为起始年级", "申请就读的年级在转入地的学制中是否为学段第一个年级。")
def receiving_initial_grade(q: Question) -> Value:
    place, grade = q.place("receiving"), q.asked_grade()
    return q.law.is_initial(place, grade) if place and grade is not None else None


@fact("boolean", "转入年级为毕业年级", "申请就读的年级在转入地的学制中是否为学段最后一个年级。")
def receiving_graduating_grade(q: Question) -> Value:
    place, grade = q.place("receiving"), q.asked_grade()
    return q.law.is_graduating(place, grade) if place and grade is not None else None


@fact("boolean", "转入学校设有该年级", "转入学校是否办有申请就读年级所在的学段。")
def receiving_grade_offered(q: Question) -> Value:
    school, grade = q.party("receiving_school"), q.asked_grade()
    return q.law.stage_at(school, grade) in school.stages if school and grade is not None else None


@fact("number", "转入学校最低年级", "转入学校按其学制办有的最低一个年级；学校未定时为空。")
def receiving_first_grade(q: Question) -> Value:
    return min(_grades(q), default=None)


@fact("number", "转入学校最高年级", "转入学校按其学制办有的最高一个年级；学校未定时为空。")
def receiving_last_grade(q: Question) -> Value:
    return max(_grades(q), default=None)


def _grades(q: Question) -> list[int]:
    """First and last grade of every stage the receiving school has."""
    school = q.party("receiving_school")
    if school is None:
        return []
    spans = q.law.system_of(school).stages
    return [grade for stage in school.stages if stage in spans for grade in spans[stage]]


@fact(
    "number",
    "可用学位",
    "转入学校该年级各班空额之和，减去为即将复学学生预留的学位；班级未写核准班额时按地区班额上限。"
    "没有班额规定时为空（不限）；没有该年级的班级时为 0。",
)
def class_places(q: Question) -> Value:
    school, grade = q.party("receiving_school"), q.asked_grade()
    if school is None or grade is None:
        return None
    general = q.law.class_cap(school, grade, q.today)
    classes = [one for one in q.snapshot.classes if one.unit == school.id and one.grade == grade]
    caps = [general if one.cap is None else one.cap for one in classes]
    free = [cap - one.size for cap, one in zip(caps, classes, strict=True) if cap is not None]
    if len(free) < len(classes) or (not classes and general is None):
        return None
    # One crowded class takes no place away from another class of the grade.
    return sum(max(places, 0) for places in free) - _reserved(q, school.id, grade)


@fact(
    "number", "预留学位", "转入学校该年级本学期内休学期满、即将复学的学生数；期满日未定的也计入（assumed）。"
)
def reserved_places(q: Question) -> Value:
    school, grade = q.party("receiving_school"), q.asked_grade()
    return _reserved(q, school.id, grade) if school and grade is not None else None


def _reserved(q: Question, school: str, grade: int) -> int:
    end = q.calendar.term_end(q.today)
    return sum(
        one.unit == school and one.grade == grade and (one.until is None or one.until <= end)
        for one in q.snapshot.returning
    )


FACTS = (
    receiving_grade,
    receiving_stage,
    receiving_initial_grade,
    receiving_graduating_grade,
    receiving_grade_offered,
    receiving_first_grade,
    receiving_last_grade,
    class_places,
    reserved_places,
)
