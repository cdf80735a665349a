"""The kinds of component that take an answer: the settings each may carry and how it checks an answer.

A setting the server could not hold a submission to is refused. It must not know the field or form around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.policy import form_checks as checks
from service.policy.form_parts import Part
from service.policy.form_patterns import EMAIL, LONGEST_TEXT, PatternError, compile_pattern

_TEXT = frozenset({"required", "minLength", "maxLength", "pattern", "validationType"})
_ANY = frozenset({"required"})


@dataclass(frozen=True, kw_only=True)
class Option:
    """One thing to choose."""

    value: str
    label: str


def options_of(part: Part) -> tuple[Option, ...]:
    """What there is to choose."""
    rows = part.get("values", list, "列表")
    options: list[Option] = []
    for row in rows if isinstance(rows, list) else ():
        entry = Part(row if isinstance(row, dict) else {}, part.file, part.where)
        value = entry.text("value")
        if not value or value in (option.value for option in options):
            raise part.bad(f"选项“{value}”为空或重复", "每个选项写不同的 value，且是文字")
        options.append(Option(value=value, label=entry.text("label") or value))
    return tuple(options)


def _text_check(part: Part, rules: Part) -> checks.Check:
    kind = rules.text("validationType") or "custom"
    if kind not in ("custom", "email"):
        raise part.bad(f"文字校验方式“{kind}”不受支持", "改用正则表达式（custom）")
    pattern = EMAIL if kind == "email" else rules.text("pattern")
    try:
        compiled = compile_pattern(pattern) if pattern else None
    except PatternError as error:
        raise part.bad(str(error), "把正则表达式写得更简单") from error
    longest = rules.count("maxLength")
    if compiled and longest and longest > LONGEST_TEXT:
        raise part.bad(f"有格式校验的文字最长 {LONGEST_TEXT} 个字", "改小 maxLength")
    return checks.text_check(
        multiline=part.data.get("type") == "textarea",
        shortest=rules.count("minLength") or 0,
        longest=longest,
        pattern=compiled,
        example="，应当是电子邮箱" if kind == "email" else "",
    )


def _number_check(part: Part, rules: Part) -> checks.Check:
    if part.flag("serializeToString"):
        raise part.bad("数字不能作为文字提交", "关闭“输出为字符串”（serializeToString）")
    return checks.number_check(
        least=rules.number("min"), most=rules.number("max"), digits=part.count("decimalDigits")
    )


def _day_check(part: Part, rules: Part) -> checks.Check:
    if (part.text("subtype") or "date") != "date" or part.flag("disallowPassedDates"):
        raise part.bad("只支持日期（subtype: date），且不限制过去的日期", "改用日期；时限放进决策表")
    return checks.day_check


def _choice_check(part: Part, rules: Part) -> checks.Check:
    return checks.choice_check([option.value for option in options_of(part)])


def _choices_check(part: Part, rules: Part) -> checks.Check:
    return checks.choices_check([option.value for option in options_of(part)])


def _flag_check(part: Part, rules: Part) -> checks.Check:
    return checks.flag_check


def _files_check(part: Part, rules: Part) -> checks.Check:
    return checks.files_check(multiple=part.flag("multiple"))


@dataclass(frozen=True, kw_only=True)
class Type:
    """A component type: how its check is made, and the settings and rules it may carry."""

    make: Callable[[Part, Part], checks.Check]
    settings: frozenset[str] = frozenset()
    rules: frozenset[str] = _ANY
    chooses: bool = False


_OPTIONS = frozenset({"values"})
TYPES: Mapping[str, Type] = {
    "textfield": Type(make=_text_check, rules=_TEXT),
    "textarea": Type(make=_text_check, rules=_TEXT),
    "number": Type(
        make=_number_check,
        settings=frozenset({"decimalDigits", "increment", "serializeToString"}),
        rules=frozenset({"required", "min", "max"}),
    ),
    "checkbox": Type(make=_flag_check),
    "radio": Type(make=_choice_check, settings=_OPTIONS, chooses=True),
    "select": Type(make=_choice_check, settings=_OPTIONS | {"searchable"}, chooses=True),
    "checklist": Type(make=_choices_check, settings=_OPTIONS, chooses=True),
    "taglist": Type(make=_choices_check, settings=_OPTIONS | {"searchable"}, chooses=True),
    "datetime": Type(
        make=_day_check,
        settings=frozenset({"subtype", "dateLabel", "timeLabel", "use24h", "disallowPassedDates"}),
    ),
    "filepicker": Type(make=_files_check, settings=frozenset({"accept", "multiple"})),
}

# The types whose answer is a list.
LISTS = frozenset({"checklist", "taglist", "filepicker"})
