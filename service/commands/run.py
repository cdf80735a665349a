"""xueji run: the whole installation on this machine."""

from __future__ import annotations

import click

from service.settings import Settings
from service.supervisor.installation import plan
from service.supervisor.supervisor import Supervisor


@click.command("run")
def command() -> None:
    """启动数据库、消息队列、网页服务与后台作业，直到收到停止信号。"""
    Supervisor(plan(Settings.from_env())).run()
