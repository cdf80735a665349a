"""Facts about the student and the record; all are empty where the other side keeps the record."""

from __future__ import annotations

from datetime import date, timedelta

from service.policy.values import Value
from service.registry.facts.base import Question, fact, full_years


@fact("string", "学段", "primary 小学、junior 初中、senior 高中；按学籍所在学校的学制由年级确定。")
def stage(q: Question) -> Value:
    return q.enrolment.stage if q.enrolment else None


@fact("boolean", "义务教育阶段", "学段是否属于义务教育。")
def compulsory(q: Question) -> Value:
    return q.law.is_compulsory(q.enrolment.stage) if q.enrolment else None


@fact("number", "年级", "学籍所在年级，1–12 连续编号，不随学制变化。")
def grade(q: Question) -> Value:
    return q.enrolment.grade if q.enrolment else None


@fact("boolean", "毕业年级", "学籍所在学校的学制中，所在年级是否为学段最后一个年级。")
def graduating_grade(q: Question) -> Value:
    school = q.record_school()
    return q.law.is_graduating(school, q.enrolment.grade) if school and q.enrolment else None


@fact("boolean", "起始年级", "学籍所在学校的学制中，所在年级是否为学段第一个年级。")
def initial_grade(q: Question) -> Value:
    school = q.record_school()
    return q.law.is_initial(school, q.enrolment.grade) if school and q.enrolment else None


@fact("string", "学籍状态", "in_school、suspended 等，全部取值见 statuses.yaml。")
def status(q: Question) -> Value:
    return q.enrolment.status if q.enrolment else None


@fact("string", "处分", "none、warning、serious_warning、demerit、probation。")
def sanction(q: Question) -> Value:
    return q.enrolment.sanction if q.enrolment else None


@fact("string", "学籍号类别", "none 未赋号、L 临时、J 居留、G 正式；办理业务一视同仁（MOE2016-1.4）。")
def number_class(q: Question) -> Value:
    return q.enrolment.number_class if q.enrolment else None


@fact("string", "问题学籍标识", "clear 表示没有；其余见 statuses.yaml。")
def problem_flag(q: Question) -> Value:
    return q.enrolment.problem_flag if q.enrolment else None


@fact("list", "学籍标记", "并存的标记，如 missing、no_allocated_place；写作 'missing' in flags。")
def flags(q: Question) -> Value:
    return sorted(q.enrolment.flags) if q.enrolment else None


@fact("string", "实际就读地", "籍随人走的例外（特教、工读、送教上门）时的就读地，一般为空。")
def place_of_study(q: Question) -> Value:
    return q.enrolment.place_of_study if q.enrolment else None


@fact("number", "学生周岁", "截至当日的周岁。")
def student_age(q: Question) -> Value:
    student = q.snapshot.student
    return full_years(student.birth_date, q.today) if student else None


@fact("date", "出生日期", "可与函数 age() 配合，计算截至某日的周岁。")
def student_birth_date(q: Question) -> Value:
    student = q.snapshot.student
    return student.birth_date.isoformat() if student else None


@fact("boolean", "职业学校学籍", "学籍是否在职业高中等职业学校。")
def vocational(q: Question) -> Value:
    school = q.record_school()
    return school.school_type == "vocational" if school else None


@fact("boolean", "另有在办业务", "该生是否还有别的在办业务，或学籍正被别的办件占用（不含本件）。")
def running_case(q: Question) -> Value:
    if q.enrolment is None:
        return None
    lock = q.enrolment.case_lock
    return bool(q.snapshot.other_cases) or (lock is not None and lock.case != q.snapshot.case.number)


@fact("boolean", "学籍被别的办件占用", "别的办件正锁定该生学籍；不锁定学籍的办件（如休学期满督促）不算。")
def record_locked(q: Question) -> Value:
    if q.enrolment is None:
        return None
    lock = q.enrolment.case_lock
    return lock is not None and lock.case != q.snapshot.case.number


@fact("boolean", "学籍在本校", "发起的学校（当事单位 school）是否就是学籍现在所在的学校。")
def record_at_school(q: Question) -> Value:
    school = q.party("school")
    return school.id == q.enrolment.school if school and q.enrolment else None


@fact("number", "本学期已转学次数", "按学籍转出之日所在学期计算；假期内的计入下一学期。")
def transfers_this_term(q: Question) -> Value:
    if q.snapshot.student is None:
        return None
    start = q.calendar.term_start(q.today)
    if any(moved < start for moved in q.snapshot.transfers):
        start = _with_the_holiday_before(start, q)
    return sum(start <= moved <= q.today for moved in q.snapshot.transfers)


def _with_the_holiday_before(start: date, q: Question) -> date:
    """Day by day, because a calendar need not know the term in which an old transfer lay."""
    before = start - timedelta(days=1)
    while q.calendar.in_school_holiday(before):
        before -= timedelta(days=1)
    return before + timedelta(days=1)


@fact("number", "本学段休学次数", "含正在进行的一次；延长不另计。")
def suspension_count(q: Question) -> Value:
    if q.enrolment is None:
        return None
    return sum(period.stage == q.enrolment.stage for period in q.snapshot.suspensions)


@fact("date", "休学起始日", "正在进行的休学从哪一天起；不在休学时为空。")
def suspended_since(q: Question) -> Value:
    running = [period for period in q.snapshot.suspensions if period.ended is None]
    return running[-1].since.isoformat() if running else None


@fact("date", "休学期满日", "正在进行的休学到哪一天止；不在休学或未定时为空。")
def suspended_until(q: Question) -> Value:
    running = [period for period in q.snapshot.suspensions if period.ended is None]
    return running[-1].until.isoformat() if running and running[-1].until else None


FACTS = (
    stage,
    compulsory,
    grade,
    graduating_grade,
    initial_grade,
    status,
    sanction,
    number_class,
    problem_flag,
    flags,
    place_of_study,
    student_age,
    student_birth_date,
    vocational,
    running_case,
    record_locked,
    record_at_school,
    transfers_this_term,
    suspension_count,
    suspended_since,
    suspended_until,
)
