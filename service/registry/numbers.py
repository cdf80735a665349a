"""Student numbers (学籍号): their classes, how one is composed, which change is allowed, and a region's own number.

Read from ``number_classes.yaml`` and a region's ``local_number.yaml``. It must not know how numbers are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from service.policy import strict_yaml
from service.policy.reader import Reader
from service.registry.errors import ActionRefused

NONE, NATIONAL, LOCAL = "none", "national", "local"
PARTS = ("id_number", "county", "birth", "year", "serial")
_PART = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """How a number is composed; ``without_id`` where the student has no identity number."""

    pattern: str
    without_id: str = ""
    clauses: tuple[str, ...] = ()

    def compose(self, parts: Mapping[str, str]) -> str:
        """The number. Raises ActionRefused without the identity number it needs."""
        has_id = bool(parts.get("id_number"))
        chosen = self.pattern if has_id or "{id_number}" not in self.pattern else self.without_id
        if not chosen:
            raise ActionRefused(
                "no_id_number",
                "没有身份证号，不能编这一类学籍号",
                cure="请先补录身份证号",
                clauses=self.clauses,
            )
        return _PART.sub(lambda found: parts[found.group(1)], chosen)


@dataclass(frozen=True)
class Numbers:
    """The nation's classes of numbers and the changes between them."""

    classes: Mapping[str, Pattern]
    changes: Mapping[tuple[str, str], tuple[str, ...]]

    @classmethod
    def load(cls, content: bytes, file: str) -> Numbers:
        """Read ``number_classes.yaml``. Raises BadDefinition naming file and line."""
        top = Reader(strict_yaml.load(content, file), file, 1, "文件")
        classes = {row.text("class"): _pattern(row) for row in top.tables("classes")}
        changes: dict[tuple[str, str], tuple[str, ...]] = {}
        for row in top.tables("changes"):
            was, becomes = row.choice("from", (NONE, *classes)), row.choice("to", tuple(classes))
            changes[was, becomes] = row.texts("clauses")
            row.done()
        top.done()
        return cls(classes, changes)

    def check(self, was: str, becomes: str) -> tuple[str, ...]:
        """The clauses a change rests on. Raises ActionRefused where it is not allowed."""
        if (was, becomes) in self.changes:
            return self.changes[was, becomes]
        ways = "、".join(to for source, to in self.changes if source == was) or "无"
        raise ActionRefused(
            "number_not_allowed",
            f"学籍号不能由 {was} 变为 {becomes}",
            cure=f"这时可以变为：{ways}；删除正式学籍号须由省级报教育部办理",
        )


def load_local(content: bytes, file: str) -> Pattern:
    """A region's own number: ``local_number.yaml``."""
    top = Reader(strict_yaml.load(content, file), file, 1, "文件")
    top.text("label")
    return _pattern(top)


def _pattern(row: Reader) -> Pattern:
    found = Pattern(
        pattern=row.text("pattern"), without_id=row.text("without_id", ""), clauses=row.texts("clauses")
    )
    for name in ("pattern", "without_id"):
        unknown = [part for part in _PART.findall(getattr(found, name)) if part not in PARTS]
        if unknown:
            raise row.bad(f"不认识 {{{unknown[0]}}}", name, f"可用：{'、'.join(PARTS)}")
    row.done()
    return found
