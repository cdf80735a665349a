"""Lists of deployments, definitions and instances."""

from __future__ import annotations

from service.store import variables
from service.store.listing import Listing

_DEPLOYED = "exists (select from deployment o where o.id = d.deployment and {})"
_STUCK = "exists (select from incident x where x.instance = i.id and x.resolved_at is null and {})"

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
        "no_source": "d.source = ''",
        "tenants": "d.tenant = any(:tenants)",
        "tenants_or_none": "d.tenant is null or d.tenant = any(:tenants_or_none)",
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
        "file_like": "d.file like :file_like",
        "version_tag": "d.version_tag = :version_tag",
        "version_tag_like": "d.version_tag like :version_tag_like",
        "no_version_tag": "d.version_tag = ''",
        "deployed_at": _DEPLOYED.format("o.at = :deployed_at"),
        "deployed_after": _DEPLOYED.format("o.at > :deployed_after"),
        "never": "false",
        "latest": """not exists (select from definition n where n.key = d.key
            and n.tenant is not distinct from d.tenant and n.version > d.version)""",
        "tenants": "d.tenant = any(:tenants)",
        "tenants_or_none": "d.tenant is null or d.tenant = any(:tenants_or_none)",
        "no_tenant": "d.tenant is null",
        "active": "not d.paused",
        "paused": "d.paused",
    },
    orders={
        "id": "d.id",
        "key": "d.key",
        "name": "d.name",
        "version": "d.version",
        "version_tag": "d.version_tag",
        "deployment": "d.deployment",
        "deployed": "(select o.at from deployment o where o.id = d.deployment)",
        "tenant": "d.tenant",
    },
    key="d.id",
    default="d.key, d.tenant nulls first, d.version",
)

STATISTICS = Listing(
    columns=f"""{DEFINITIONS.columns},
        (select count(*) from instance i where i.definition = d.id and i.status <> 'ended') as instances,
        (select coalesce(jsonb_object_agg(kind, number), '{{}}') from
          (select x.kind, count(*) as number from incident x join instance i on i.id = x.instance
           where i.definition = d.id and i.status <> 'ended' and x.resolved_at is null
           group by x.kind) k) as incidents""",  # noqa: S608  (a constant)
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
        # Two sides of a case in different provinces keep their papers to themselves (the first two digits: GB/T 2260).
        "visible": """exists (select from case_party p join unit u on u.id = p.unit
            where p.case_number = i.case_number and p.unit = any(:units)
              and (i.region = '' or left(u.county, 2) = left(i.region, 2)))""",
        "never": "false",
        "id": "i.id = :id",
        "ids": "i.id = any(:ids)",
        "not_ids": "i.id <> all(:not_ids)",
        "case_number": "i.case_number = :case_number",
        "case_numbers": "i.case_number = any(:case_numbers)",
        "case_number_like": "i.case_number like :case_number_like",
        "definition": "i.definition = :definition",
        "key": "d.key = :key",
        "keys": "d.key = any(:keys)",
        "not_keys": "d.key <> all(:not_keys)",
        "definition_name": "d.name = :definition_name",
        "definition_name_like": "d.name like :definition_name_like",
        "deployment": "d.deployment = :deployment",
        "running": "i.status <> 'ended'",
        "ended": "i.status = 'ended'",
        "active": "i.status = 'active'",
        "paused": "i.status = 'paused'",
        "cancelled": "i.status = 'ended' and i.end_element = :cancelled",
        "completed": "i.status = 'ended' and i.end_element <> :completed",
        "started_by": "c.started_by = :started_by",
        "started_before": "i.started_at < :started_before",
        "started_after": "i.started_at > :started_after",
        "ended_before": "i.ended_at < :ended_before",
        "ended_after": "i.ended_at > :ended_after",
        "with_incident": _STUCK.format("true"),
        "incident": _STUCK.format("x.id = :incident"),
        "incident_kind": _STUCK.format("x.kind = :incident_kind"),
        "incident_message": _STUCK.format("x.message = :incident_message"),
        "incident_message_like": _STUCK.format("x.message like :incident_message_like"),
        "standing_at": """exists (select from user_task t where t.instance = i.id and t.state = 'open'
              and t.element = any(:standing_at))
            or exists (select from subscription s where s.instance = i.id and s.element = any(:standing_at))
            or exists (select from timer m where m.instance = i.id and m.element = any(:standing_at))""",
        "tenants": "d.tenant = any(:tenants)",
        "no_tenant": "d.tenant is null",
        **variables.CONDITIONS,
    },
    orders={
        "id": "i.id",
        "definition": "i.definition",
        "key": "d.key",
        "definition_name": "d.name",
        "version": "d.version",
        "tenant": "d.tenant",
        "case_number": "i.case_number",
        "started": "i.started_at",
        "ended": "i.ended_at",
        "duration": "i.ended_at - i.started_at",
    },
    key="i.id",
)
