"""``xueji journal``: whether anybody has touched the journal, here or in an export."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson

from service.casework import exports, journal
from service.casework.installation import at_work
from service.settings import Settings


@click.group("journal")
def command() -> None:
    """办理记录的哈希链：核对与导出。"""


@command.command()
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="核对导出的文件，不连数据库"
)
def verify(file: Path | None) -> None:
    """核对办理记录有没有被改动、删除或调换次序；有则退出码为 1。"""
    if file is None:
        settings = Settings.of_running()
        with at_work(settings):
            count, wrong = journal.verify(settings.secret_key)
    else:
        count, wrong = journal.verify_export(exports.lines(file), Settings.from_env().secret_key)
    for sentence in wrong:
        click.echo(sentence)
    click.echo(f"共核对 {count} 条记录，{f'发现 {len(wrong)} 处问题' if wrong else '完好无缺'}")
    sys.exit(1 if wrong else 0)


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """导出办理记录和哈希链，每行一条 JSON，可离线核对。"""
    settings = Settings.of_running()
    with at_work(settings), file.open("wb") as out:
        journal.verify(settings.secret_key)
        for line in journal.export():
            out.write(orjson.dumps(line) + b"\n")
