"""What happens at the counter: who may start, do and send, and what a submission settles.

Shared by the verbs on tables and by the scenario runner, so that both answer alike. Pure; knows neither
engine nor database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from service.errors import BadDefinition, Forbidden, Invalid, Problem
from service.policy.forms import Form
from service.policy.values import Value
from service.registry.model import Unit
from service.registry.parties import Parties

STARTER = "registrar@receiving_school"  # who starts a process that names no starter of its own
GUARDIAN = "guardian"  # in ``sent_by``: whoever holds the code of the case
RECALL = "guardian_recall"  # the message that takes a case back
_KINDS = {"school": "学校", "authority": "学籍主管部门"}
_KEPT = ("requested_grade",)  # form values that facts read

Held = Collection[tuple[str, str]]  # (role, unit id) of the roles a person may use today


def starter(settings: Mapping[str, str]) -> tuple[str, str]:
    """Role and party of whoever may start, from a process's settings."""
    role, _, party = settings.get("candidateStarterGroups", STARTER).partition("@")
    return role, party


def sender(sent_by: str) -> tuple[str, str]:
    """Role and party of whoever may start a case by a message: the first the start event's ``sent_by`` names."""
    if not sent_by:
        raise Forbidden("这个消息不能由人发送", cure="它由流程发出；如确有需要，请联系运行维护员")
    role, _, party = sent_by.split(",", maxsplit=1)[0].strip().partition("@")
    return role, party


def check_starter(held: Held, role: str, unit: Unit) -> None:
    """Forbidden unless the person has the starting role in the unit."""
    if (role, unit.id) not in held:
        raise Forbidden(f"只有{unit.name}的学籍管理员可以发起", cure="请由本单位已备案的相应人员发起")


def check_group(held: Held, roles: Iterable[str], unit: str | None) -> None:
    """Forbidden unless one of the person's roles in the unit is among those that do the task."""
    if not any((role, unit) in held for role in roles):
        cure = "请由本单位有相应角色且已备案的人员办理"
        raise Forbidden(f"您不在该任务的办理组（{'、'.join(roles)}）中", cure=cure)


def check_sender(held: Held, sent_by: str, unit_of: Callable[[str], str]) -> tuple[str, str]:
    """The role and unit in which a person sends a message by hand; the diagram names role@party, several by commas.

    Raises Forbidden when the diagram lets others send it.

    Without ``sent_by`` a message comes from another process.
    """
    if not sent_by:
        raise Forbidden("这个消息不能由人发送", cure="它由流程发出；如确有需要，请联系运行维护员")
    allowed = [group.strip().partition("@") for group in sent_by.split(",")]
    groups = ((role, unit_of(party)) for role, at, party in allowed if at)
    found = next((group for group in groups if group in held), None)
    if found is None:
        raise Forbidden("您不能发送这个消息", cure=f"请由 {sent_by} 发送")
    return found


def guardian_sends(sent_by: str) -> bool:
    """Whether the diagram lets a guardian send the message."""
    return GUARDIAN in (group.strip() for group in sent_by.split(","))


def check_guardian(sent_by: str) -> None:
    """Forbidden where the diagram does not let a guardian send the message."""
    if not guardian_sends(sent_by):
        raise Forbidden("监护人不能自己撤回这个办件", cure="请向学校提出，由学校登记")


def roles_and_unit(
    groups: Iterable[str], unit_of: Callable[[str], str], element: str
) -> tuple[tuple[str, ...], str | None]:
    """A task's groups as roles in one unit. BadDefinition when they belong to different units."""
    pairs = [group.partition("@") for group in groups]
    units = {unit_of(party) for _, _, party in pairs if party}
    if len(units) > 1:
        cure = "请拆成两个任务，每个任务只给一个单位"
        raise BadDefinition("一个用户任务的候选组分属不同单位", element=element, cure=cure)
    return tuple(role for role, _, _ in pairs), next(iter(units), None)


def chosen_parties(
    form: Form, values: Mapping[str, Value], unit_of: Callable[[str], Unit | None], parties: Parties
) -> dict[str, str]:
    """Units chosen in fields with the property ``party``. Raises Invalid for one that is none, or of another kind."""
    chosen = {one.key: one for one in form.fields if one.party and values.get(one.key)}
    wrong = [
        Problem(message=message, where=key)
        for key, one in chosen.items()
        if (message := _not_fit(unit_of(str(values[key])), parties, one.party))
    ]
    if wrong:
        raise Invalid("表单填写有误", problems=wrong)
    return {one.party: str(values[key]) for key, one in chosen.items()}


def check_record(parties: Parties, party: str, unit: Unit, school: str | None) -> None:
    """Forbidden where the starter speaks for the school that keeps the record, and another school keeps it.

    A diagram's table tells the reason with its clause before; this holds also where a diagram has no such row.
    """
    rule = parties.rules.get(party)
    if rule is not None and rule.source == "record_school" and unit.id != school:
        raise Forbidden(f"学籍不在{unit.name}，不能由{unit.name}发起", cure="请由学籍所在学校发起")


def _not_fit(unit: Unit | None, parties: Parties, party: str) -> str:
    """Why a unit cannot play a party; empty where it can."""
    if unit is None:
        return "没有这个单位，请重新选择"
    kind = parties.kind(party)
    return "" if unit.kind == kind else f"{unit.name}不是{_KINDS[kind]}，不能作{parties.label(party)}"


def kept(values: Mapping[str, Value]) -> dict[str, Value]:
    """The few form values that facts read."""
    return {name: values[name] for name in _KEPT if name in values}
