"""xueji clauses: for every clause where it lives, which scenario proves it, and what is open."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from service.checks.clause_page import STATES, WHY, page
from service.checks.rulebook import Rulebook
from service.checks.scenario import Scenario
from service.checks.suite import gather, play_all
from service.checks.tracing import Cited, ClauseTrace, trace_clauses, unknown_clauses
from service.errors import BadDefinition, Problem
from service.settings import Settings

_COLOURS = {"proven": "green", "cited": "yellow", "open": "red"}
_SHOWN = 4  # places and scenarios shown for a clause before “等 n 处”


@click.command("clauses")
@click.option("--procedure", "-p", "procedures", multiple=True, help="只列这项业务的条款，例如 transfer。")
@click.option(
    "--region", "-r", "regions", multiple=True, help="只列这个地区的条款（六位代码，全国为 000000）。"
)
@click.option(
    "--where", "-w", "homes", multiple=True, help="只列应当落在某处的条款，例如 diagram、decision_table。"
)
@click.option("--open", "only_open", is_flag=True, help="只列还没有场景证明的条款。")
@click.option(
    "--page", "target", type=click.Path(dir_okay=False, path_type=Path), help="写成双向对照的一页。"
)
def command(
    procedures: tuple[str, ...],
    regions: tuple[str, ...],
    homes: tuple[str, ...],
    only_open: bool,
    target: Path | None,
) -> None:
    """逐条列出条款：写在哪里，由哪个场景证明，哪些还没有落实。场景先逐个走一遍，走错的什么也不证明。"""
    console, settings = Console(), Settings.from_env()
    book = Rulebook(settings.processes_dir, settings.forms_dir)
    scenarios = gather(book)
    _refuse_unknown(unknown_clauses(book, scenarios))
    every = trace_clauses(book, play_all(book, scenarios))
    if target is not None:
        target.write_text(page(every), encoding="utf-8")
        console.print(f"写了 {target}", markup=False)
        return
    traces = [
        one
        for one in every
        if (not procedures or one.clause.procedure in procedures)
        and (not regions or one.clause.region in regions)
        and (not homes or one.clause.where in homes)
    ]
    _show(console, [one for one in traces if not only_open or one.state != "proven"])
    _summary(console, traces)


def _refuse_unknown(wrong: tuple[tuple[Scenario, str], ...]) -> None:
    if wrong:
        problems = [
            Problem(message=f"没有编号为 {clause} 的条款", file=one.file, line=one.line)
            for one, clause in wrong
        ]
        raise BadDefinition("场景里有目录中没有的条款号", problems=problems)


def _show(console: Console, traces: list[ClauseTrace]) -> None:
    for one in traces:
        colour, label = _COLOURS[one.state], STATES[one.state]
        clause = one.clause
        console.print(
            f"[bold]{clause.id}[/bold] [{colour}]{label}[/{colour}] {clause.procedure}/{clause.where}"
        )
        console.print(Padding(clause.rule_zh, (0, 0, 0, 2)), highlight=False)
        if one.unproven:
            console.print(Text(f"  {WHY[one.unproven.why]}：{one.unproven.reason}", "dim"))
        for name, items in (
            ("写在", _few([_place(cited) for cited in one.cited], "处")),
            (
                "证明",
                _few(
                    [f"{scenario.file}:{scenario.line} {scenario.name}" for scenario in one.proven_by], "个"
                ),
            ),
        ):
            for item in items:
                console.print(Text(f"  {name}：{item}", "dim"), soft_wrap=True)


def _place(cited: Cited) -> str:
    where = cited.at.element or (f"第 {cited.at.line} 行" if cited.at.line else "")
    return f"{cited.file.removeprefix('processes/')} {where}".strip()


def _few(items: list[str], unit: str) -> list[str]:
    """The first few, and how many there are when there are more."""
    each = list(dict.fromkeys(items))
    more = [f"等 {len(each)} {unit}"] if len(each) > _SHOWN else []
    return each[:_SHOWN] + more


def _summary(console: Console, traces: list[ClauseTrace]) -> None:
    """Counts by procedure."""
    counts: dict[str, Counter[str]] = {}
    for one in traces:
        counts.setdefault(one.clause.procedure, Counter())[one.state] += 1
    table = Table("业务", "条款", *STATES.values(), title="合计", title_justify="left")
    for procedure, states in sorted(counts.items()):
        table.add_row(procedure, str(states.total()), *(str(states[state]) for state in STATES))
    total = Counter(one.state for one in traces)
    table.add_row("合计", str(total.total()), *(str(total[state]) for state in STATES), style="bold")
    console.print(table)
    due = [one for one in traces if one.due]
    proven, listed = sum(one.state == "proven" for one in due), sum(one.unproven is not None for one in due)
    console.print(f"必须证明的 {len(due)} 条：已证明 {proven} 条，列明原因的 {listed} 条", highlight=False)
