"""Numbers of a student: masked for everybody who may know the student, whole only by the region's rule and journaled.

Seeing inside the registry, giving to outsiders and the guardian's query are three acts with rules of their own
(``personal_data.yaml``). It must not know how numbers are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from service.casework.actors import Actor
from service.casework.context import Office
from service.errors import Forbidden, Invalid, NotFound, Problem, Refused
from service.policy import identity
from service.policy.personal_data import PersonalData
from service.registry.numbers import LOCAL, NATIONAL
from service.store import numbers, personal
from service.store.db import transaction
from service.store.notes import note
from service.store.numbers import NumberHeld
from service.store.progress import read_clock
from service.store.rows import NewEntry
from service.store.students import StudentRow, student

SHORTEST_REASON = 4
_SCHEMES = {NATIONAL: "student_number", LOCAL: "local_number"}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Which student's numbers, and why. ``why`` holds what the act's rule asks for, by name."""

    student: str
    reason: str
    purpose: str = ""
    recipient: str = ""
    document: str = ""
    applicant: str = ""
    materials: Collection[str] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """A student with numbers by kind, masked or whole."""

    student: StudentRow
    numbers: Mapping[str, str]


def masked(connection: Connection, row: StudentRow) -> dict[str, str]:
    """A student's numbers as everybody may see them, who may know the student."""
    return {kind: identity.masked(text, kind) for kind, text in _numbers(connection, row).items()}


def look(office: Office, actor: Actor, student_id: str) -> Numbers:
    """A student's numbers, masked. Raises NotFound for a student the person has nothing to do with."""
    with transaction() as connection:
        row, _ = _known(office, connection, actor, student_id)
        return Numbers(student=row, numbers=masked(connection, row))


def history(office: Office, actor: Actor, student_id: str) -> tuple[NumberHeld, ...]:
    """Every student number the student has or had, masked. Raises NotFound as ``look`` does."""
    with transaction() as connection:
        row, _ = _known(office, connection, actor, student_id)
        return tuple(
            replace(one, number=identity.masked(one.number, _SCHEMES[one.scheme]))
            for one in numbers.read(connection, row.id)
        )


def reveal(office: Office, actor: Actor, wish: Wish) -> Numbers:
    """The numbers whole, for one of the purposes the region's rule lists; journaled before they are told.

    Raises NotFound, Forbidden (no such role), Invalid (purpose, reason).
    """
    with transaction() as connection:
        row, rules = _known(office, connection, actor, wish.student)
        rule = rules.reveal
        _check_role(actor, rule.roles, row.known_to(actor.units), rule.clauses)
        _check_one_of("purpose", wish.purpose, rule.purposes)
        _check_text("reason", wish.reason)
        detail = {"purpose": wish.purpose, "reason": wish.reason}
        return _told(connection, row, _entry(actor, "reveal", detail, rule.clauses))


def release(office: Office, actor: Actor, wish: Wish) -> Numbers:
    """Give a student's data to an outsider, approved by the registry authority as the region's rule asks.

    Raises NotFound, Refused (the rule forbids it), Forbidden (not the authority's), Invalid.
    """
    with transaction() as connection:
        row, rules = _known(office, connection, actor, wish.student)
        rule = rules.release
        if rule.approval == "forbidden":
            raise Refused("本地学籍信息仅用于教育管理，一律不得对外提供", clauses=rule.clauses)
        _check_role(actor, rule.roles, row.authorities & actor.units, rule.clauses)
        _check_text("recipient", wish.recipient)
        _check_text("reason", wish.reason)
        if rule.approval == "written":
            _check_text("document", wish.document)
        detail = {"recipient": wish.recipient, "reason": wish.reason, "document": wish.document}
        return _told(connection, row, _entry(actor, "release", detail, rule.clauses))


def answer_query(office: Office, actor: Actor, wish: Wish) -> Numbers:
    """The school answers somebody's query after it has seen the papers the region's rule names.

    Raises NotFound, Refused (not one who may ask), Forbidden (not the school's), Invalid (papers missing).
    """
    with transaction() as connection:
        row, rules = _known(office, connection, actor, wish.student)
        rule = rules.query
        _check_role(actor, rule.roles, {row.school} & actor.units, rule.clauses)
        if wish.applicant not in rule.applicants:
            who = "、".join(rule.applicants.values())
            raise Refused(f"除{who}外，任何单位和个人不得查阅", clauses=rule.clauses)
        missing = [label for name, label in rule.materials.items() if name not in wish.materials]
        if missing:
            raise Invalid(
                f"还须出示{'、'.join(missing)}",
                cure="核对原件后再办理",
                clauses=rule.clauses,
                element="materials",
            )
        _check_text("reason", wish.reason)
        detail = {"applicant": wish.applicant, "materials": sorted(wish.materials), "reason": wish.reason}
        return _told(connection, row, _entry(actor, "guardian_query", detail, rule.clauses))


def find(office: Office, actor: Actor, number: str, name: str) -> str:
    """The id of the student with this identity number and this name; who has only one of them learns nothing.

    For people who may see numbers whole where they work: a school that receives a student must find the record.
    """
    wanted = identity.normal(number)
    if not identity.is_valid(wanted):
        raise Invalid("身份证号无效", cure="请核对位数、出生日期和校验码", element="id_number")
    with transaction() as connection:
        if not actor.roles:
            raise Forbidden("没有可以查找学生的角色", cure="请由学校或主管部门已备案的人员查找")
        owner = personal.owner(connection, "id_number", wanted)
        row = student(connection, owner) if owner else None
        found = row.id if row is not None and row.name == name.strip() else None
        note(connection, _entry(actor, "find_student", {"found": bool(found)}, ()), student=found)
    if found is None:
        raise NotFound("没有身份证号与姓名都相符的学生", cure="请核对号码和姓名")
    return found


def _known(
    office: Office, connection: Connection, actor: Actor, student_id: str
) -> tuple[StudentRow, PersonalData]:
    """The student, if the person's units have to do with them, and the rules of the student's place today."""
    row = student(connection, student_id)
    if row is None or not row.known_to(actor.units):
        raise NotFound("没有这名学生", cure="请核对学生编号")
    now, _ = read_clock(connection)
    return row, office.shelf.rules.law.personal(row.county, now.date(), row.stage)


def _numbers(connection: Connection, row: StudentRow) -> dict[str, str]:
    present = {one.scheme: one.number for one in numbers.read(connection, row.id) if one.until is None}
    held = {kind: present[scheme] for scheme, kind in _SCHEMES.items() if scheme in present}
    return {**personal.read(connection, [row.id]).get(row.id, {}), **held}


def _told(connection: Connection, row: StudentRow, entry: NewEntry) -> Numbers:
    note(connection, entry, student=row.id)
    return Numbers(student=row, numbers=_numbers(connection, row))


def _entry(actor: Actor, verb: str, detail: Mapping[str, object], clauses: tuple[str, ...]) -> NewEntry:
    return NewEntry(actor=actor.id, verb=verb, detail=detail, clauses=clauses)


def _check_role(
    actor: Actor, roles: tuple[str, ...], units: Collection[str], clauses: tuple[str, ...]
) -> None:
    if not any((role, unit) in actor.roles for role in roles for unit in units):
        raise Forbidden("您的角色不能查看或提供完整号码", cure="请由规定的人员办理", clauses=clauses)


def _check_one_of(where: str, given: str, allowed: Mapping[str, str]) -> None:
    if given not in allowed:
        listed = "、".join(f"{name}（{label}）" for name, label in allowed.items())
        raise Invalid("用途不在允许之列", problems=[Problem(message=f"可用：{listed}", where=where)])


def _check_text(where: str, given: str) -> None:
    if len(given.strip()) < SHORTEST_REASON or identity.holds_number(given):
        message = f"请写明，至少 {SHORTEST_REASON} 个字，且不含证件号码"
        raise Invalid("填写不完整", problems=[Problem(message=message, where=where)])
