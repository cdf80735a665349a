"""The things the registry keeps: units, people, students and their enrolments (学籍).

Plain frozen values. They know no table, no form and no rule; a rule is data (``processes/*.yaml``) or a
function of ``facts`` and ``actions`` over these values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from service.policy.values import Value

UnitKind: TypeAlias = Literal["school", "authority"]
Level: TypeAlias = Literal["school", "county", "prefecture", "province"]
Ownership: TypeAlias = Literal["public", "private"]
SchoolType: TypeAlias = Literal["ordinary", "special", "work_study", "specialised", "vocational"]


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A school or a registry authority (学籍主管部门).

    ``county`` is the place's six-digit code; a bureau above the county carries its own area's code.
    ``parent`` is the authority of the place, ``run_by`` who runs the school if it is another one.
    """

    id: str
    name: str
    kind: UnitKind
    level: Level
    county: str
    parent: str | None = None
    run_by: str | None = None
    ownership: Ownership = "public"
    school_type: SchoolType = "ordinary"
    school_system: str = ""
    stages: frozenset[str] = frozenset()
    successor: str | None = None


@dataclass(frozen=True, kw_only=True)
class SchoolClass:
    """One class of a grade. ``size`` leaves the suspended out; ``cap`` is a limit approved for this class."""

    unit: str
    grade: int
    number: int
    size: int
    cap: int | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who signs in. ``active`` ends with the employment, roles end one by one."""

    id: str
    username: str
    name: str
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class RoleInUnit:
    """One person's role in one unit; without ``unit`` a role of the system (analyst, operator, admin)."""

    person: str
    role: str
    unit: str | None
    trained: date | None = None
    filed: date | None = None
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class CaseLock:
    """A running case holds the record (待转出, 待转入 …): nobody else may move it."""

    kind: str
    case: str


@dataclass(frozen=True, kw_only=True)
class Suspension:
    """One period of suspension (休学); ``ended`` is the day the student came back."""

    stage: str
    since: date
    until: date | None
    ended: date | None = None
    ground: str = ""


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """Where and as what a student is registered: one status, and the side fields that run in parallel."""

    school: str
    stage: str
    grade: int
    class_no: int | None = None
    status: str = "in_school"
    number_class: str = "none"
    problem_flag: str = "clear"
    sanction: str = "none"
    case_lock: CaseLock | None = None
    place_of_study: str = ""
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Student:
    """A child; the identity number is kept by the store, encrypted, and is no business of the rules."""

    id: str
    name: str
    birth_date: date


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """What the registry must know of a running case (办件).

    ``parties`` holds the unit of every party already settled: a party once settled stays, also after the
    record has moved. ``form`` holds the few variables facts read (the grade asked for).
    """

    number: str
    procedure: str
    region: str
    student: str | None
    started: date
    parties: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, Value] = field(default_factory=dict)
