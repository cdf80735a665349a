"""What a deployment holds, what uses it, and taking it away."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from service.store import decisions
from service.store.listing import Listing

# A file may stand for several days of coming into force with different contents: each is a resource of its own.
RESOURCES = Listing(
    columns="r.id, r.name, r.digest, r.deployment",
    source="""(select distinct md5(f.key || f.value) as id, f.key as name, f.value as digest, d.deployment
        from definition d, jsonb_each_text(d.closure) f) r""",
    conditions={"deployment": "r.deployment = :deployment", "id": "r.id = :id"},
    orders={},
    key="r.id",
    default="r.name",
)
# A process that is called runs inside its caller's instance: callers since this deployment may have used it.
_USERS = text(
    """select d.key, d.version, i.case_number from definition d join instance i on i.definition = d.id
       where d.deployment = :id
       union all
       select d.key, d.version, i.case_number from deployment o join definition d on d.deployment = o.id
       join definition c on c.closure ? d.file and c.file <> d.file join instance i on i.definition = c.id
       where o.id = :id and coalesce(i.ended_at, 'infinity') >= o.at
       limit 1"""
)
_ARMED = text(
    """select d.key from start_event s join definition d on d.id = s.definition where d.deployment = :id limit 1"""
)
_DEFINITIONS = text("delete from definition where deployment = :id returning id, closure")
_DEPLOYMENT = text("delete from deployment where id = :id")
_ORPHANS = text(
    """delete from resource r where r.digest = any(:digests)
       and not exists (select from definition d, jsonb_each_text(d.closure) f where f.value = r.digest)
       and not exists (select from deployment o, jsonb_each_text(o.files) f where f.value = r.digest)"""
)


def user(connection: Connection, deployment: str) -> tuple[str, int, str] | None:
    """Key, version and case number of something that was made by a deployment and is or was in use."""
    row = connection.execute(_USERS, {"id": deployment}).first()
    return tuple(row) if row is not None else None


def armed(connection: Connection, deployment: str) -> str | None:
    """The key of a process of a deployment that a clock or a signal starts."""
    key: str | None = connection.execute(_ARMED, {"id": deployment}).scalar()
    return key


def delete(connection: Connection, deployment: str) -> Sequence[str] | None:
    """Take a deployment, its definitions and the contents nothing else holds away; the definitions' ids.

    None when a case began with one of them meanwhile: the caller rolls back.
    """
    try:
        gone = connection.execute(_DEFINITIONS, {"id": deployment}).all()
    except IntegrityError:
        return None
    decisions.delete(connection, deployment)
    connection.execute(_DEPLOYMENT, {"id": deployment})
    digests = sorted({digest for row in gone for digest in row.closure.values()})
    connection.execute(_ORPHANS, {"digests": digests})
    return [row.id for row in gone]
