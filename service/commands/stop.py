"""xueji stop: end a running installation, and what a killed one has left running."""

from __future__ import annotations

import click

from service.settings import Settings
from service.supervisor.progress import console
from service.supervisor.stopping import stop


@click.command("stop")
def command() -> None:
    """停止本数据目录的服务；也结束上次被强行终止后遗留的进程。"""
    ended = stop(Settings.from_env().data_dir)
    console.print("已停止：" + "、".join(ended) if ended else "没有在运行的服务")
