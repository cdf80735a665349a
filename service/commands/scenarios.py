"""xueji scenarios: play the examples beside the diagrams, and say what none of them walks."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table
from rich.text import Text

from service.checks.coverage import Coverage, FileCoverage
from service.checks.rulebook import Rulebook
from service.checks.runner import Played
from service.checks.suite import gather, play_all
from service.settings import Settings


@click.command("scenarios")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--region", "-r", "regions", multiple=True, help="只跑这个地区文件夹里的场景（六位代码）。")
@click.option("--words", "-k", default="", help="只跑名称里有这几个字的场景。")
def command(files: tuple[Path, ...], regions: tuple[str, ...], words: str) -> None:
    """在引擎上跑场景，列出走错的一步，并报告没有场景走到的顺序流和决策行。"""
    console = Console()
    settings = Settings.from_env()
    book = Rulebook(settings.processes_dir, settings.forms_dir)
    scenarios = gather(book, files, regions=regions, words=words)
    coverage, failed, began = Coverage(book), [], time.perf_counter()
    progress = track(
        play_all(book, scenarios), "跑场景", len(scenarios), console=Console(stderr=True), transient=True
    )
    for played in progress:
        coverage.add(played.trail)
        if played.failure:
            failed.append(played)
    took = time.perf_counter() - began
    for one in failed:
        console.print(Text.assemble(("✗ ", "red"), str(one.failure)), soft_wrap=True)
    whole = not files and not words
    missing = _show_coverage(console, coverage.report(regions)) if whole else 0
    _summary(console, failed, len(scenarios), took)
    sys.exit(1 if failed or missing else 0)


def _show_coverage(console: Console, report: tuple[FileCoverage, ...]) -> int:
    """A line for each file, and below what is not walked; the number of spots nobody walks."""
    table = Table(Column("文件", overflow="fold"), "顺序流", "决策行", title="覆盖", title_justify="left")
    for one in report:
        done = f"{one.walked}/{one.total}"
        flows, rows = (done, "") if one.kind == "flow" else ("", done)
        table.add_row(one.path, flows, rows, style="yellow" if one.missed else "")
    console.print(table)
    for one in report:
        for spot in one.missed:
            console.print(
                Text(f"没有走到 {one.path}:{spot.line} {spot.id} {spot.what}", "yellow"), soft_wrap=True
            )
    for kind, label in (("flow", "顺序流"), ("row", "决策行")):
        total = sum(one.total for one in report if one.kind == kind)
        walked = sum(one.walked for one in report if one.kind == kind)
        console.print(f"{label}：走到 {walked} / {total}")
    return sum(len(one.missed) for one in report)


def _summary(console: Console, failed: list[Played], count: int, took: float) -> None:
    colour = "red" if failed else "green"
    each = f"，平均每个 {took / count * 1000:.1f} 毫秒" if count else ""
    console.print(
        f"[{colour}]场景 {count} 个，走对 {count - len(failed)} 个[/{colour}]（{took:.2f} 秒{each}）"
    )
