"""``xueji keys``: the keys personal data is encrypted with."""

from __future__ import annotations

import click

from service.casework import keys
from service.casework.installation import at_work
from service.settings import Settings

_NAMES = {
    "personal_data": "个人信息",
    "submission": "表单",
    "idempotency_key": "保存的答复",
    "material_content": "附件",
    "digests": "查找用的摘要",
}


@click.group("keys")
def command() -> None:
    """个人信息的加密密钥。"""


@command.command()
def rotate() -> None:
    """用现用密钥（XUEJI_DATA_KEYS 中的第一个）重新加密用旧密钥加密的数据；中断后可以再运行。"""
    with at_work(Settings.of_running()):
        for table, count in keys.rotate().items():
            click.echo(f"{_NAMES.get(table, table)}：{count} 条")
