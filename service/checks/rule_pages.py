"""A page for each rule, made from the rule itself: docs/rules/<rule>.md.

Knows what a page says, not where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from service.checks.frame import Module, all_rules


def pages() -> Iterator[tuple[str, str]]:
    """File names and texts: a page for each rule and the list of all."""
    modules = all_rules()
    for module in modules:
        yield f"{module.rule.id}.md", _page(module)
    rows = [f"| [{m.rule.id}]({m.rule.id}.md) | {m.rule.severity.label} | {m.rule.title} |" for m in modules]
    head = ["# 检查规则", "", "部署前和 `xueji check` 用的是同一套规则。错误会阻止部署，提醒只显示。", ""]
    yield "README.md", "\n".join([*head, "| 规则 | 级别 | 查什么 |", "|---|---|---|", *rows, ""])


def write_pages(folder: Path) -> int:
    """Write every page; the number written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [(folder / name).write_text(text, encoding="utf-8") for name, text in pages()]
    return len(written)


def _page(module: Module) -> str:
    rule = module.rule
    kinds = "、".join(f".{kind}" for kind in rule.kinds)
    lines = (
        f"# {rule.title}",
        "",
        f"规则 `{rule.id}`，{rule.severity.label}，查 {kinds} 文件。",
        "",
        "## 为什么",
        "",
        rule.why,
        "",
        "## 怎么办",
        "",
        f"{rule.cure}。",
        "",
        f"正例和反例：`tests/checks/rules/{rule.id}/`。",
        "",
    )
    return "\n".join(lines)
