"""xueji deploy: bring what lies in processes/ and forms/ into force in a running installation."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.casework.deployments import Deployed, deploy_folder
from service.casework.installation import connect, office
from service.checks.gate import judge_folder
from service.checks.rulebook import Rulebook
from service.settings import Settings


@click.command("deploy")
@click.option("--replace-uploads", is_flag=True, help="上传过新版本的，也用文件夹里的文件替换。")
def command(replace_uploads: bool) -> None:
    """检查并部署 processes/ 和 forms/ 里有变化的文件。"""
    console, settings = Console(), Settings.of_running()
    with console.status("检查规则，跑场景"):
        verdict = judge_folder(Rulebook(settings.processes_dir, settings.forms_dir))
    verdict.enforce()
    for warning in verdict.warnings:
        console.print(Text(str(warning.problem()), "yellow"), soft_wrap=True)
    console.print(f"[green]✓[/green] 检查通过，场景 {verdict.played} 个全部走对", highlight=False)
    with connect(settings, "xueji").app_context(), console.status("部署"):
        made = deploy_folder(office(), replace_uploads=replace_uploads, verdict=verdict)
    _show(console, made)


def _show(console: Console, made: tuple[Deployed, ...]) -> None:
    if not made:
        console.print("没有变化，一切照旧")
        return
    table = Table("地区", "流程", "版本", "生效日期", title="已部署", title_justify="left")
    for one in made:
        for row in one.definitions:
            since = str(row.in_force_from or "")
            table.add_row(one.name, f"{row.name}（{row.key}）", str(row.version), since)
    console.print(table)
