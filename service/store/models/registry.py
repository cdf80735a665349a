"""The registry: units, people, students, enrolments (学籍) and their moves."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.db import db
from service.store.models.columns import Bytes, Day, Id, Serial, Str, Strings


class Unit(db.Model):  # type: ignore[name-defined,misc]
    """A school or an authority."""

    __tablename__ = "unit"
    __table_args__ = (
        Index("ix_unit_county", "county", "kind"),
        Index("ix_unit_parent", "parent"),
        Index("ix_unit_run_by", "run_by"),
    )
    id: Mapped[Id]
    name: Mapped[Str] = mapped_column(unique=True)
    kind: Mapped[Str]
    level: Mapped[Str]
    county: Mapped[Str]
    parent: Mapped[Str | None] = mapped_column(ForeignKey("unit.id"))
    run_by: Mapped[Str | None] = mapped_column(ForeignKey("unit.id"))
    school_type: Mapped[Str] = mapped_column(server_default="")
    ownership: Mapped[Str] = mapped_column(server_default="public")
    school_system: Mapped[Str] = mapped_column(server_default="")
    stages: Mapped[Strings]
    successor: Mapped[Str | None] = mapped_column(ForeignKey("unit.id"))


class SchoolClass(db.Model):  # type: ignore[name-defined,misc]
    """One class of a grade with its size."""

    __tablename__ = "school_class"
    unit: Mapped[Str] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    grade: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    cap: Mapped[int | None]


class Person(db.Model):  # type: ignore[name-defined,misc]
    """Somebody who signs in."""

    __tablename__ = "person"
    id: Mapped[Id]
    username: Mapped[Str] = mapped_column(unique=True)
    name: Mapped[Str]
    password_hash: Mapped[Str] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(server_default="true")


class UnitRole(db.Model):  # type: ignore[name-defined,misc]
    """A person's role in a unit; without unit, a role of the system."""

    __tablename__ = "unit_role"
    __table_args__ = (
        UniqueConstraint("person", "role", "unit", postgresql_nulls_not_distinct=True),
        Index("ix_unit_role_unit", "unit"),
    )
    id: Mapped[Serial]
    person: Mapped[Str] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Str]
    unit: Mapped[Str | None] = mapped_column(ForeignKey("unit.id"))
    trained: Mapped[Day | None]
    filed: Mapped[Day | None]
    active: Mapped[bool] = mapped_column(server_default="true")


class Student(db.Model):  # type: ignore[name-defined,misc]
    """A child, under a stable internal key."""

    __tablename__ = "student"
    __table_args__ = (Index("ix_student_name", "name", postgresql_ops={"name": "text_pattern_ops"}),)
    id: Mapped[Id]
    name: Mapped[Str]
    birth_date: Mapped[Day]


class PersonalData(db.Model):  # type: ignore[name-defined,misc]
    """One number of a student (identity number, guardian's telephone, …), sealed; ``blind`` is a keyed digest."""

    __tablename__ = "personal_data"
    __table_args__ = (UniqueConstraint("kind", "blind"),)
    student: Mapped[Str] = mapped_column(ForeignKey("student.id"), primary_key=True)
    kind: Mapped[Str] = mapped_column(primary_key=True)
    sealed: Mapped[Bytes]
    blind: Mapped[Bytes | None]


class StudentNumber(db.Model):  # type: ignore[name-defined,misc]
    """One student number (学籍号), sealed; the present one of a scheme has no ``until``."""

    __tablename__ = "student_number"
    __table_args__ = (
        Index("ix_student_number_blind", "scheme", "blind"),
        Index(
            "ix_student_number_present",
            "student",
            "scheme",
            unique=True,
            postgresql_where=text("until is null"),
        ),
    )
    id: Mapped[Id]
    student: Mapped[Str] = mapped_column(ForeignKey("student.id"), index=True)
    scheme: Mapped[Str]
    kind: Mapped[Str] = mapped_column(server_default="")
    sealed: Mapped[Bytes]
    blind: Mapped[Bytes]
    since: Mapped[Day | None]
    until: Mapped[Day | None]
    clauses: Mapped[Strings]
    case_number: Mapped[Str] = mapped_column(server_default="")


class Enrolment(db.Model):  # type: ignore[name-defined,misc]
    """The student's present record: one status and the side fields."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index("ix_enrolment_returning", "school", postgresql_where=text("status = 'suspended'")),
        Index("ix_enrolment_roll", "school", "grade", "class_no"),
    )
    student: Mapped[Str] = mapped_column(ForeignKey("student.id"), primary_key=True)
    school: Mapped[Str] = mapped_column(ForeignKey("unit.id"))
    stage: Mapped[Str]
    grade: Mapped[int]
    class_no: Mapped[int | None]
    status: Mapped[Str] = mapped_column(server_default="in_school")
    number_class: Mapped[Str] = mapped_column(server_default="none")
    problem_flag: Mapped[Str] = mapped_column(server_default="clear")
    sanction: Mapped[Str] = mapped_column(server_default="none")
    lock_kind: Mapped[Str | None]
    lock_case: Mapped[Str | None]
    place_of_study: Mapped[Str] = mapped_column(server_default="")
    flags: Mapped[Strings]


class SuspensionPeriod(db.Model):  # type: ignore[name-defined,misc]
    """One period of suspension (休学); ``next_look`` is the day on which the system next looks whether it ran out."""

    __tablename__ = "suspension_period"
    __table_args__ = (
        Index("ix_suspension_period_next_look", "next_look", postgresql_where=text("next_look is not null")),
    )
    id: Mapped[Serial]
    student: Mapped[Str] = mapped_column(ForeignKey("student.id"), index=True)
    stage: Mapped[Str]
    since: Mapped[Day]
    until: Mapped[Day | None]
    ended: Mapped[Day | None]
    next_look: Mapped[Day | None]
    ground: Mapped[Str] = mapped_column(server_default="")
    case_number: Mapped[Str] = mapped_column(server_default="")


class RecordMove(db.Model):  # type: ignore[name-defined,misc]
    """The record went from one school to another, on a day, by a case."""

    __tablename__ = "record_move"
    id: Mapped[Serial]
    student: Mapped[Str] = mapped_column(ForeignKey("student.id"), index=True)
    from_unit: Mapped[Str] = mapped_column(ForeignKey("unit.id"))
    to_unit: Mapped[Str] = mapped_column(ForeignKey("unit.id"))
    on: Mapped[Day]
    case_number: Mapped[Str] = mapped_column(Text, unique=True)
