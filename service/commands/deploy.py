"""xueji deploy: bring what lies in processes/ and forms/ into force in a running installation."""

from __future__ import annotations

import click
from rich.console import Console
from rich.text import Text

from service.casework.deployments import Deployed, deploy_folder
from service.casework.installation import at_work
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
    with at_work(settings) as office, console.status("部署"):
        made = deploy_folder(office, replace_uploads=replace_uploads, verdict=verdict)
    _show(console, made)


def _show(console: Console, made: tuple[Deployed, ...]) -> None:
    if not made:
        console.print("没有变化，一切照旧")
        return
    for one in made:
        for row in one.definitions:
            since = f"，自 {row.in_force_from} 起施行" if row.in_force_from else ""
            line = f"✓ {one.name}：{row.name}（{row.key}）第 {row.version} 版{since}"
            console.print(Text(line), soft_wrap=True)
