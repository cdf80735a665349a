"""Lists of deployments, definitions and instances."""

from __future__ import annotations

from service.store.listing import Listing

DEPLOYMENTS = Listing(
    columns="d.id, d.name, d.source, d.tenant, d.at",
    source="deployment d",
    conditions={
        "id": "d.id = :id",
        "name": "d.name = :name",
        "name_like": "d.name like :name_like",
        "source": "d.source = :source",
        "before": "d.at < :before",
        "after": "d.at > :after",
        "tenants": "d.tenant = any(:tenants)",
        "no_tenant": "d.tenant is null",
    },
    orders={"id": "d.id", "name": "d.name", "at": "d.at", "tenant": "d.tenant"},
    key="d.id",
    default="d.at",
)

DEFINITIONS = Listing(
    columns="""d.id, d.key, d.version, d.tenant, d.name, d.version_tag, d.file, d.deployment, d.start_form, d.paused,
        d.in_force_from, d.in_force_until, d.uploaded, d.digest""",
    source="definition d",
    conditions={
        "id": "d.id = :id",
        "ids": "d.id = any(:ids)",
        "key": "d.key = :key",
        "keys": "d.key = any(:keys)",
        "key_like": "d.key like :key_like",
        "name": "d.name = :name",
        "name_like": "d.name like :name_like",
        "deployment": "d.deployment = :deployment",
        "file": "d.file = :file",
        "version": "d.version = :version",
        "version_tag": "d.version_tag = :version_tag",
        "latest": """not exists (select from definition n where n.key = d.key
            and n.tenant is not distinct from d.tenant and n.version > d.version)""",
        "tenants": "d.tenant = any(:tenants)",
        "no_tenant": "d.tenant is null",
        "active": "not d.paused",
        "paused": "d.paused",
    },
    orders={
        "id": "d.id",
        "key": "d.key",
        "name": "d.name",
        "version": "d.version",
        "deployment": "d.deployment",
        "tenant": "d.tenant",
    },
    key="d.id",
    default="d.key, d.tenant nulls first, d.version",
)

STATISTICS = Listing(
    columns=f"""{DEFINITIONS.columns},
        (select count(*) from instance i where i.definition = d.id and i.status <> 'ended') as instances,
        (select count(*) from incident x join instance i on i.id = x.instance
          where i.definition = d.id and x.resolved_at is null) as incidents""",  # noqa: S608  (a constant)
    source=DEFINITIONS.source,
    conditions=DEFINITIONS.conditions,
    orders=DEFINITIONS.orders,
    key=DEFINITIONS.key,
    default=DEFINITIONS.default,
)

INSTANCES = Listing(
    columns="""i.id, i.case_number, i.definition, i.status, i.revision, i.started_at, i.ended_at, i.end_element,
        d.key, d.name, d.version, d.tenant, c.outcome, c.outcome_name, c.started_by""",
    source="instance i join definition d on d.id = i.definition join case_ c on c.number = i.case_number",
    conditions={
        "visible": """exists (select from case_party p where p.case_number = i.case_number and p.unit = any(:units))""",
        "id": "i.id = :id",
        "ids": "i.id = any(:ids)",
        "case_number": "i.case_number = :case_number",
        "definition": "i.definition = :definition",
        "key": "d.key = :key",
        "keys": "d.key = any(:keys)",
        "running": "i.status <> 'ended'",
        "active": "i.status = 'active'",
        "paused": "i.status = 'paused'",
        "with_incident": "exists (select from incident x where x.instance = i.id and x.resolved_at is null)",
        "tenants": "d.tenant = any(:tenants)",
        "no_tenant": "d.tenant is null",
    },
    orders={
        "id": "i.id",
        "definition": "i.definition",
        "key": "d.key",
        "tenant": "d.tenant",
        "case_number": "i.case_number",
    },
    key="i.id",
)
