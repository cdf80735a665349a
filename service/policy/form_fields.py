"""From one form-js component to a Field: what it asks, whether it must be answered, how an answer is checked.

Everything the server could not hold a submission to is refused here. It must not know the form around it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from service.policy.form_checks import AnswerError, Check, identity_check
from service.policy.form_conditions import Condition, ConditionError, parse_condition
from service.policy.form_parts import Part
from service.policy.form_types import LISTS, TYPES, Option, options_of
from service.policy.values import Value

KINDS = frozenset({"unit", "student", "file", "id_number"})

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_COMMON = frozenset(
    {
        "id",
        "type",
        "key",
        "label",
        "description",
        "layout",
        "conditional",
        "properties",
        "validate",
        "defaultValue",
        "disabled",
        "readonly",
        "appearance",
    }
)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question of a form. ``display_only`` fields show a value and take none."""

    key: str
    label: str
    type: str
    required: bool
    description: str
    options: tuple[Option, ...]
    kind: str
    party: str
    properties: Mapping[str, str]
    display_only: bool
    default: Value
    hides: tuple[Condition, ...]
    check: Check = field(repr=False, compare=False)

    @property
    def takes_files(self) -> bool:
        """Whether an answer holds ids of uploaded files."""
        return self.type == "filepicker" or self.kind == "file"

    @property
    def empty(self) -> Value:
        """What an unanswered field holds; a new list each time, so that nobody shares one."""
        if self.type in LISTS:
            return []
        return False if self.type == "checkbox" else None


def is_field(kind: str) -> bool:
    """Whether a component type takes an answer we can check."""
    return kind in TYPES


def parse_field(part: Part, hides: tuple[Condition, ...]) -> Field:
    """The Field of a component; ``hides`` are the conditions of the groups around it."""
    kind = TYPES[part.text("type")]
    if kind.chooses and not part.data.get("values"):
        raise part.bad("没有固定的选项", "在 values 中逐项写出选项，不用 valuesKey 和 valuesExpression")
    part.only(_COMMON | kind.settings, "组件")
    rules = part.part("validate")
    rules.only(kind.rules, "校验")
    properties = _properties(part)
    found = Field(
        key=_key(part),
        label=part.text("label") or part.text("dateLabel") or _key(part),
        type=part.text("type"),
        required=rules.flag("required"),
        description=str(part.data.get("description") or ""),
        options=options_of(part) if kind.chooses else (),
        kind=properties.get("kind", ""),
        party=properties.get("party", ""),
        properties=properties,
        display_only=part.flag("disabled") or part.flag("readonly"),
        default=None,
        hides=(*hides, *condition_of(part)),
        check=identity_check if properties.get("kind") == "id_number" else kind.make(part, rules),
    )
    return _with_default(found, part)


def condition_of(part: Part) -> tuple[Condition, ...]:
    """The component's own condition for being hidden, if it has one."""
    conditional = part.part("conditional")
    conditional.only(frozenset({"hide"}), "条件")
    source = conditional.data.get("hide")
    if source in (None, ""):
        return ()
    try:
        return (parse_condition(str(source).strip()),)
    except ConditionError as error:
        cure = '只能写本表单字段的比较，如 =decision != "reject"，可用 and、or、not(…)、list contains(…)'
        raise part.bad(f"隐藏条件“{source}”无法核对：{error}", cure) from error


def _key(part: Part) -> str:
    key = part.text("key")
    if not _KEY.fullmatch(key):
        raise part.bad(f"key“{key}”不合规则", "用英文字母、数字和下划线，字母开头，不用点号")
    return key


def _properties(part: Part) -> Mapping[str, str]:
    data = part.part("properties").data
    properties = {key: str(value).strip() for key, value in data.items()}
    kind = properties.get("kind")
    if kind is not None and kind not in KINDS:
        raise part.bad(f"属性 kind 的值“{kind}”不认识", f"可用：{'、'.join(sorted(KINDS))}")
    return MappingProxyType(properties)


def _with_default(found: Field, part: Part) -> Field:
    default = part.data.get("defaultValue")
    if found.display_only and found.required:
        raise part.bad("只供查看的项不能必填", "去掉“必填”，或允许填写")
    if default in (None, "", []):
        return found
    try:
        value = found.check(default)
    except AnswerError as error:
        raise part.bad(f"默认值不合要求：{error}", "改正默认值") from error
    return replace(found, default=value)
