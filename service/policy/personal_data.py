"""What a region's ``personal_data.yaml`` says: who sees numbers whole, what may be given out, who may ask.

The nearest region's file counts as a whole. It must not know students, people or how numbers are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.policy import strict_yaml
from service.policy.reader import Reader

FILE = "personal_data.yaml"
APPROVALS = ("forbidden", "consent", "written")


@dataclass(frozen=True, kw_only=True)
class Seeing:
    """People of the registry who see numbers whole: in which roles, and for which purposes (name → label)."""

    roles: tuple[str, ...]
    purposes: Mapping[str, str]
    clauses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Release:
    """Giving data to outsiders: ``roles`` of a registry authority approve, in the form ``approval`` asks for."""

    approval: str
    roles: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Query:
    """Asking for data: by whom, at whom in the school, with which papers (name → label)."""

    applicants: Mapping[str, str]
    roles: tuple[str, ...]
    materials: Mapping[str, str]
    clauses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """The rules of one region."""

    reveal: Seeing
    release: Release
    query: Query

    @classmethod
    def load(cls, content: bytes, file: str) -> PersonalData:
        """Read the file. Raises BadDefinition."""
        top = Reader(strict_yaml.load(content, file), file, 1, "文件")
        rules = cls(
            reveal=_seeing(top.table("reveal")),
            release=_release(top.table("release")),
            query=_query(top.table("query")),
        )
        top.done()
        return rules


def _seeing(row: Reader) -> Seeing:
    seeing = Seeing(roles=row.texts("roles"), purposes=row.names("purposes"), clauses=row.texts("clauses"))
    if not seeing.purposes:
        raise row.bad("没有写明用途", "purposes", "至少写一项用途")
    row.done()
    return seeing


def _release(row: Reader) -> Release:
    release = Release(
        approval=row.choice("approval", APPROVALS), roles=row.texts("roles"), clauses=row.texts("clauses")
    )
    if bool(release.roles) == (release.approval == "forbidden"):
        raise row.bad("一律不得提供时没有人可以批准，否则须有", "roles", "核对 approval 与 roles")
    row.done()
    return release


def _query(row: Reader) -> Query:
    query = Query(
        applicants=row.names("applicants"),
        roles=row.texts("roles"),
        materials=row.names("materials"),
        clauses=row.texts("clauses"),
    )
    row.done()
    return query
