"""Materials (附件) in the tables: kept once, found by who may see them, attached to a case, swept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from service.policy import identity
from service.store.listing import Listing, Row
from service.store.vault import vault

# Two sides of a case in different provinces keep their papers to themselves (the first two digits: GB/T 2260).
_OF_SIDE = """exists (select from case_party p join unit u on u.id = p.unit
    where p.case_number = m.case_number and p.unit = any(:units)
      and (m.region = '' or left(u.county, 2) = left(m.region, 2)))"""

MATERIALS = Listing(
    columns="""m.id, m.digest, m.name, m.description, m.media_type, m.size, m.by, p.name as by_name, m.at,
        m.case_number, m.task, m.submission, m.region""",
    source="material m join person p on p.id = m.by",
    conditions={
        "visible": f"(m.case_number is null and m.by = :person) or {_OF_SIDE}",
        "id": "m.id = :id",
        "case_number": "m.case_number = :case_number",
        "task": "m.task = :task",
        "draft_of": "m.case_number is null and m.by = :draft_of",
    },
    orders={"at": "m.recorded_at", "name": "m.name"},
    key="m.id",
    default="m.recorded_at",
)

# The update takes the row's lock: a sweep that is about to remove the content waits, and then sees it was touched.
_CONTENT = text(
    """insert into material_content (digest, content) values (:digest, :content)
       on conflict (digest) do update set touched_at = clock_timestamp()"""
)
_MATERIAL = text(
    """insert into material (id, digest, name, description, media_type, size, by, at, case_number, task, region)
       values (:id, :digest, :name, :description, :media_type, :size, :by, :at, :case_number, :task,
               coalesce((select min(u.county) from case_party p join unit u on u.id = p.unit
                         where p.case_number = :case_number and p.unit = any(:units)), ''))"""
)
_DRAFTS = text("select count(*) from material where case_number is null and by = :by")
_READ = text("select content from material_content where digest = :digest")
_DELETE = text("delete from material where id = :id and case_number is null returning id")
# Drafts of the person become the case's; what is the case's already stays as it is.
_ATTACH = text(
    """with asked as (select unnest(cast(:ids as text[])) as id),
       fresh as (
           update material m set case_number = :number, task = :task, submission = :submission, region = :region
           from asked where m.id = asked.id and m.case_number is null and m.by = :by returning m.id, m.digest
       )
       select id, digest from fresh
       union all select m.id, m.digest from material m join asked on asked.id = m.id where m.case_number = :number"""
)
_PASS_ON = text(
    """update material m set region = '' where id = :id and region <> '' and exists (
           select from case_party p join unit u on u.id = p.unit
           where p.case_number = m.case_number and left(u.county, 2) <> left(m.region, 2))"""
)
_OLD = text(
    """delete from material where id in (
           select id from material
           where case_number is null and recorded_at < clock_timestamp() - make_interval(days => :days) limit :limit)
       and case_number is null"""
)
_UNUSED = text(
    """delete from material_content where digest in (
           select digest from material_content c where touched_at < clock_timestamp() - interval '1 hour'
           and not exists (select from material m where m.digest = c.digest) limit :limit)
       and touched_at < clock_timestamp() - interval '1 hour'"""
)


def insert(connection: Connection, row: Mapping[str, Any], content: bytes, units: Sequence[str]) -> None:
    """Keep a file; its content only if nobody has handed in the same before. It is the side's of one of the units."""
    sealed = vault().seal(content, _place(row["digest"]))
    connection.execute(_CONTENT, {"digest": row["digest"], "content": sealed})
    # People name scans after the number on them.
    texts = {name: identity.redacted(row[name]) for name in ("name", "description")}
    connection.execute(_MATERIAL, {**row, **texts, "units": list(units)})


def _place(digest: str) -> str:
    return f"material_content/{digest}"


def drafts(connection: Connection, by: str) -> int:
    """How many files the person has uploaded and handed in nowhere."""
    return int(connection.execute(_DRAFTS, {"by": by}).scalar_one())


def content(connection: Connection, digest: str) -> bytes:
    """A file as it was handed in. Raises Unreadable."""
    sealed = connection.execute(_READ, {"digest": digest}).scalar_one()
    return vault().open(bytes(sealed), _place(digest))


def visible(connection: Connection, material: str, units: Sequence[str], person: str | None) -> Row | None:
    """A material if the person or one of the units may know of it; of everybody's when ``person`` is None."""
    seen = {"visible": {"units": list(units), "person": person}} if person is not None else {}
    return MATERIALS.one(connection, {"id": material, **seen})


def pass_on(connection: Connection, material: str) -> bool:
    """From now on every side of the case sees it; False when that is so already, or the case has no other side."""
    return connection.execute(_PASS_ON, {"id": material}).rowcount == 1


def delete_draft(connection: Connection, material: str) -> bool:
    """False when it is handed in, or gone."""
    return connection.execute(_DELETE, {"id": material}).first() is not None


def attach(connection: Connection, ids: Sequence[str], to: Mapping[str, Any]) -> dict[str, str]:
    """Make drafts the case's. The digest of each that now belongs to it; others are missing from the answer."""
    found = connection.execute(_ATTACH, {"ids": list(ids), **to})
    return {row.id: row.digest for row in found}


def sweep(connection: Connection, days: int, limit: int = 1000) -> int:
    """Remove drafts older than that (real time), and contents nothing refers to; how many rows."""
    removed = connection.execute(_OLD, {"days": days, "limit": limit}).rowcount
    return removed + connection.execute(_UNUSED, {"limit": limit}).rowcount
