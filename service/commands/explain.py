"""xueji explain: which files a case would run on in a place on a day, and why those."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches

import click
from rich.console import Console
from rich.tree import Tree

from service.clock import ZONE
from service.errors import NotFound
from service.policy.library import Bundle, Library
from service.policy.regions import NATIONAL
from service.settings import Settings

STAGES = ("primary", "junior", "senior")


@click.command("explain")
@click.argument("procedure")
@click.option("--region", "-r", required=True, help="地区或区县的六位行政区划代码；全国为 000000。")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="哪一天，默认今天。")
@click.option("--stage", type=click.Choice(STAGES), help="学生的学段。")
def command(procedure: str, region: str, day: datetime | None, stage: str | None) -> None:
    """说明某地某日办这项业务用哪张图、哪些表和表单，以及为什么。"""
    console, settings = Console(), Settings.from_env()
    on = (day or datetime.now(ZONE)).date()
    library = Library(settings.processes_dir, settings.forms_dir)
    bundle = library.bundle(region, on, stage)
    name = f"{procedure}.bpmn"
    if name not in bundle.files:
        keys = library.procedures(region, on)
        near = get_close_matches(procedure, keys, n=1)
        cure = f"是不是 {near[0]}？" if near else f"可用：{'、'.join(keys)}"
        raise NotFound(f"{bundle.region.name}没有业务“{procedure}”", cure=cure)
    title = f"{bundle.region.name} {on} {procedure}" + (f"（{stage}）" if stage else "")
    console.print(_tree(bundle, name, title))
    console.print(_owner(library, region, bundle, name), highlight=False)


def _tree(bundle: Bundle, name: str, title: str) -> Tree:
    """The diagram's walk told in full, then every file it leans on with its own."""
    tree = Tree(f"[bold]{title}[/bold]")
    for step in bundle.provenance(name):
        found = f" [green]{step.path}[/green]" if step.path else ""
        tree.add(f"{step.name_zh}（{step.region}）：{step.verdict}{found}")
    files = tree.add("[bold]用到的文件[/bold]")
    for each in bundle.closure(name):
        files.add(f"{each}：{_way(bundle, each)} [green]{bundle.files[each].path}[/green]")
    return tree


def _way(bundle: Bundle, name: str) -> str:
    """The regions asked for a file, the one that had it last."""
    *passed, found = (step.name_zh for step in bundle.provenance(name))
    return "".join(f"[dim]{region} → [/dim]" for region in passed) + found


def _owner(library: Library, code: str, bundle: Bundle, name: str) -> str:
    """Whose definition a case starts on: the nearest region with a folder that covers the stage."""
    for region in library.regions.chain(code):
        covered = region.code == NATIONAL or (region.in_force(bundle.on) and region.covers(bundle.stage))
        if region.folder and covered:
            tenant = "无" if region.code == NATIONAL else region.code
            return (
                f"流程定义属于{region.name}（tenantId {tenant}），全部文件的指纹 {bundle.digest(name)[:12]}"
            )
    return ""
