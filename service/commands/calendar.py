"""xueji calendar: make the working-day file of a year."""

from __future__ import annotations

import click
from rich.console import Console

from service.policy.calendar_source import generate
from service.settings import Settings


@click.command("calendar")
@click.argument("years", nargs=-1, required=True, type=click.IntRange(2013, 2100))
def command(years: tuple[int, ...]) -> None:
    """生成某年的工作日文件 processes/calendar/<年>.yaml。安排未公布的年份标为暂定；会改写已有文件。"""
    folder = Settings.from_env().processes_dir / "calendar"
    for year in years:
        target = folder / f"{year}.yaml"
        target.write_text(generate(year))
        Console().print(f"✓ {target}", markup=False)
