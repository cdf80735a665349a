"""xueji draw: pictures of diagrams, tables and forms, drawn by the viewers the browser uses."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from service.drawing import draw


@click.command("draw")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--into",
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="放图片的文件夹，默认与原文件同处",
)
def command(files: tuple[Path, ...], folder: Path | None) -> None:
    """把流程图、决策表、表单（.bpmn、.dmn、.form）画成 PNG 图片。需要 Chromium 和 npm 包，缺少时会说明如何安装。"""
    console = Console()
    for file in files:
        target = (folder or file.parent) / f"{file.name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        for complaint in draw(file, target):
            console.print(f"  {file}：{complaint}", style="yellow", markup=False)
        console.print(f"✓ {target}", markup=False)
