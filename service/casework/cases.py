"""Starting and withdrawing cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy import Connection

from service.casework import materials
from service.casework.actors import Actor
from service.casework.advance import Advanced, advance, record
from service.casework.context import Office
from service.casework.surroundings import Surroundings
from service.engine import Instance, UncaughtError, refusal
from service.errors import BadRequest, Conflict, Forbidden, NotFound, Stale
from service.ids import new_id
from service.policy.values import Value
from service.registry import counter, four_eyes
from service.registry.model import Unit
from service.store import cases as rows
from service.store import guardian
from service.store.db import transaction
from service.store.definitions import DefinitionRow
from service.store.progress import read_clock
from service.store.rows import CaseRow, Finished, LockedInstance, NewEntry

STUDENT, UNIT = "student", "starting_unit"  # variables of a start that are no fields of its form


@dataclass(frozen=True, kw_only=True)
class Start:
    """A wish to start a procedure for a student."""

    procedure: str
    student: str
    form: Mapping[str, object] = field(default_factory=dict)
    definition: str = ""  # a definition id the caller expects; another one in force is a Conflict
    tenant: str | None = None
    by_tenant: bool = False  # the caller named a tenant, be it None
    unit: str = ""  # the starting unit, where the actor works in several
    case_number: str = ""
    message: str = ""  # the message whose start event it begins at
    guardian_code: str = ""  # the hash of the code a guardian follows the case with


def start(office: Office, actor: Actor, wish: Start) -> Advanced:
    """Start a case: finds the host unit, the rules in force there, checks the form, runs to the first wait.

    Raises Refused with every broken rule when the run reaches an error end before its first wait.
    """
    with transaction() as connection:
        now, release = read_clock(connection)
        unit = host_unit(connection, actor, wish)
        if not rows.lock_student(connection, wish.student):
            raise NotFound("没有这名学生", cure="请核对学生编号")
        stage, school = rows.record_of(connection, wish.student)
        row = definition_for(office, connection, wish.procedure, unit, stage)
        _check_expected(office, connection, wish, row)
        row, role, party = _entrance(office, connection, wish, row)
        counter.check_starter(actor.roles, role, unit)
        cleaned = _check_start_form(office, connection, row, wish.form)
        case = CaseRow(
            number=wish.case_number or rows.next_number(connection, unit.county, now.date()),
            procedure=row.key,
            region=unit.county,
            student=wish.student,
            started=now.date(),
            form=counter.kept(cleaned),
            parties={party: unit.id, **_chosen(office, connection, row, cleaned)},
            now=now,
            release=release,
        )
        opening = _Opening(
            case=case,
            row=row,
            values=cleaned,
            by=actor.id,
            unit=unit.id,
            message=wish.message,
            code=wish.guardian_code,
            absent=actor.acting_for((role,), unit.id),
        )
        begun = _begin(office, connection, opening)
        counter.check_record(office.shelf.rules.law.parties, party, unit, school)
        return begun


def _entrance(
    office: Office, connection: Connection, wish: Start, row: DefinitionRow
) -> tuple[DefinitionRow, str, str]:
    """Role and party of whoever may start; a message has its own senders, and no form."""
    compiled = office.shelf.compiled(connection, row)
    if not wish.message:
        return row, *counter.starter(compiled.process.settings)
    node = compiled.nodes[compiled.start_at("message", wish.message)]
    return replace(row, start_form=""), *counter.sender(node.properties.get("sent_by", ""))


@dataclass(frozen=True, kw_only=True)
class _Opening:
    """A case about to begin."""

    case: CaseRow
    row: DefinitionRow
    values: dict[str, Value]
    by: str
    unit: str
    message: str
    code: str
    absent: str  # whom the person stands in for


def _begin(office: Office, connection: Connection, opening: _Opening) -> Advanced:
    case, row = opening.case, opening.row
    world = Surroundings(connection, office.shelf, case)
    world.settle_parties({**world.records.to_settle(), **case.parties})
    rows.insert_case(connection, world.case, opening.by)
    if opening.code:
        guardian.put(connection, case.number, opening.code, opening.by)
    world.finished = Finished(
        key=(side := new_id()), task=None, form=row.start_form, by=opening.by, data=opening.values
    )
    files = _attach(world, opening, side)
    detail = {"definition": row.id, "unit": opening.unit, **files}
    if opening.absent:
        detail["for"] = opening.absent
    entry = NewEntry(actor=opening.by, verb="start", element=row.key, detail=detail)
    return open_side(
        world, row, Side(id=side, entry=entry, variables=opening.values, message=opening.message)
    )


def _attach(world: Surroundings, opening: _Opening, key: str) -> dict[str, list[str]]:
    if not opening.row.start_form:
        return {}
    form = world.shelf.form(world.connection, opening.row, opening.row.start_form)
    to = materials.Submitted(by=opening.by, case=opening.case.number, key=key, region=world.case.region)
    return materials.attach(world.connection, form, opening.values, to)


@dataclass(frozen=True, kw_only=True)
class Side:
    """An instance about to begin: the case's first, or (by a message) the other side's."""

    id: str
    entry: NewEntry
    variables: Mapping[str, Value]
    message: str = ""
    at: str = ""  # the start event, where it is not the message's
    host: bool = True


def open_side(world: Surroundings, row: DefinitionRow, side: Side) -> Advanced:
    """Start an instance of a case and write what its first run did.

    Raises Refused with every broken rule when the run reaches an error end before its first wait.
    """
    connection, case = world.connection, world.case
    locked = LockedInstance(
        id=side.id,
        case_number=case.number,
        definition=row.id,
        status="active",
        revision=1,
        state=b"",
        region=case.region,
        host=side.host,
    )
    rows.insert_instance(connection, locked, case.now)
    compiled = world.shelf.compiled(connection, row)
    try:
        at = compiled.start_at("message", side.message) if side.message else side.at
        instance = Instance.start(compiled, world, side.variables, by=_doers(side.entry), at=at)
    except UncaughtError as error:
        raise refusal(error) from error
    return record(connection, locked, world, instance, side.entry)


def _doers(entry: NewEntry) -> str:
    return four_eyes.doers(entry.actor, str(entry.detail.get("for", "")))


def host_unit(connection: Connection, actor: Actor, wish: Start) -> Unit:
    """The unit that starts: the one the caller names, or the only one in which the person may start."""
    own = sorted(actor.units) if not wish.unit else [wish.unit]
    if not own:
        raise Forbidden("您没有可以发起业务的角色", cure="请先由单位为您配置角色，或指明单位")
    if len(own) != 1:
        raise BadRequest("不能确定由哪个单位发起", cure="请指明发起单位")
    unit = rows.unit(connection, own[0])
    if unit is None:
        raise NotFound("没有这个单位", cure="请核对发起单位")
    return unit


def definition_for(
    office: Office, connection: Connection, key: str, unit: Unit, stage: str | None
) -> DefinitionRow:
    """The highest version in force at a unit's place: nearest region that covers the stage, then wider ones."""
    now, release = read_clock(connection)
    for region in office.shelf.rules.law.applying(unit.county, now.date(), stage):
        row = office.shelf.current_row(connection, key, region.code, now.date(), release)
        if row is not None:
            return row
    raise NotFound(f"没有可用的业务“{key}”", cure="请核对业务名称，或先部署该流程")


def _check_expected(office: Office, connection: Connection, wish: Start, row: DefinitionRow) -> None:
    """The caller named a definition or tenant: another one in force is a Conflict naming the right one."""
    wrong = wish.definition and wish.definition != row.id
    wrong = wrong or (wish.by_tenant and (wish.tenant or None) != row.tenant)
    if wrong:
        place = row.tenant or "全国"
        raise Conflict(
            f"该单位此业务现行的流程是 {place} 的第 {row.version} 版",
            cure=f"请改用流程定义 {row.id}",
            details={"definitionId": row.id, "tenantId": row.tenant},
        )
    if row.paused:
        raise Conflict("该业务已暂停受理", cure="请联系系统管理员")


def _check_start_form(
    office: Office, connection: Connection, row: DefinitionRow, values: Mapping[str, object]
) -> dict[str, Value]:
    if not row.start_form:
        return dict(values)  # type: ignore[arg-type]
    return office.shelf.form(connection, row, row.start_form).validate(values)


def _chosen(
    office: Office, connection: Connection, row: DefinitionRow, values: dict[str, Value]
) -> dict[str, str]:
    if not row.start_form:
        return {}
    form, parties = office.shelf.form(connection, row, row.start_form), office.shelf.rules.law.parties
    return counter.chosen_parties(form, values, partial(rows.unit, connection), parties)


def check_revision(locked: LockedInstance, revisions: frozenset[int] | None) -> None:
    """Stale when the instance is no longer as the caller has seen it."""
    if revisions is not None and locked.revision not in revisions:
        raise Stale("办件在您读取之后已有变化", cure="请重新读取办件再操作")


def withdraw(
    office: Office, actor: Actor, instance_id: str, reason: str, revisions: frozenset[int] | None = None
) -> Advanced:
    """End a running instance without going on anywhere (an operator's act); locks are released.

    With the side that opened the case every other side ends: nobody could answer it any more.
    """
    actor.require("admin", "operator")
    with office.locked(instance_id) as (connection, locked, world):
        if locked.status == "ended":
            raise Conflict("办件已经结束", cure="请刷新列表")
        check_revision(locked, revisions)
        entry = NewEntry(actor=actor.id, verb="delete", detail={"reason": reason})
        done = advance(connection, locked, world, lambda instance: instance.cancel(), entry)
        for other in rows.open_sides(connection, locked.case_number) if locked.host else ():
            advance(connection, *office.open(connection, other), lambda instance: instance.cancel(), entry)
        return done
