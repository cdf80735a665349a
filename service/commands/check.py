"""xueji check: what would keep the files out of force, in sentences with file, line and cure."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.checks.findings import Finding, Severity
from service.checks.frame import all_rules
from service.checks.inspection import inspect, models
from service.checks.rule_pages import write_pages
from service.checks.rulebook import Rulebook
from service.checks.wider import write_down
from service.policy.regions import NATIONAL
from service.policy.shelves import KINDS
from service.settings import Settings


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--region",
    "-r",
    "regions",
    multiple=True,
    help="只检查这个地区现行的文件（六位代码）；processes/ 之外的文件当作部署到这个地区（不写即全国）。",
)
@click.option("--rules", "list_rules", is_flag=True, help="列出全部检查规则。")
@click.option(
    "--pages", type=click.Path(file_okay=False, path_type=Path), help="把每条规则的说明写进这个文件夹。"
)
@click.option("--reviewed", is_flag=True, help="登记：这些地区文件已对照上级的现行文件核对过。")
def command(
    files: tuple[Path, ...], regions: tuple[str, ...], list_rules: bool, pages: Path | None, reviewed: bool
) -> None:
    """检查流程图、决策表和表单：能否编译，引用是否齐全，依据是否写明。

    不写文件即检查 processes/ 和 forms/ 的全部；文件夹即其中的全部文件；别处的文件照部署它们时一样检查。
    """
    console, files = Console(), tuple(_spread(files))
    if pages:
        console.print(f"写了 {write_pages(pages)} 页")
    elif reviewed:
        _write_down(console, files)
    elif list_rules:
        _show_rules(console)
    else:
        sys.exit(1 if _check(console, files, regions) else 0)


def _check(console: Console, files: tuple[Path, ...], regions: tuple[str, ...]) -> int:
    """Show every finding; the number of errors."""
    settings, began = Settings.from_env(), time.perf_counter()
    book = Rulebook(settings.processes_dir, settings.forms_dir)
    names = {path.name for path in files} or None
    places = {_place(path, settings) or path.name for path in files}
    if elsewhere := [path for path in files if not _place(path, settings)]:
        regions = regions or (NATIONAL,)
        uploads = {path.name: path.read_bytes() for path in elsewhere}
        book = book.with_uploads(dict.fromkeys(regions, uploads))
    found = [
        one for one in inspect(book, names=names, regions=regions or None) if not places or one.file in places
    ]
    for one in found:
        console.print(_told(one), soft_wrap=True)
    errors = sum(one.severity is Severity.ERROR for one in found)
    took = time.perf_counter() - began
    colour = "red" if errors else "green"
    summary = f"错误 {errors} 处，提醒 {len(found) - errors} 处"
    console.print(
        f"[{colour}]{summary}[/{colour}]（{len(all_rules())} 条规则，{took:.2f} 秒）", highlight=False
    )
    return errors


def _write_down(console: Console, files: tuple[Path, ...]) -> None:
    settings = Settings.from_env()
    book = Rulebook(settings.processes_dir, settings.forms_dir)
    places = {_place(path, settings) for path in files}
    if lost := [path for path in files if not _place(path, settings)]:
        raise click.BadParameter(f"{lost[0]} 不在 {settings.processes_dir} 或 {settings.forms_dir} 里")
    done = {
        model.source.path
        for model in models(book, names={path.name for path in files})
        if model.source.path in places and write_down(model)
    }
    for place in sorted(places):
        console.print(
            f"{place} {'已登记' if place in done else '不替换上级的文件，不用登记'}", highlight=False
        )


def _spread(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as they are, folders as what lies in them."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(one for one in path.rglob("*") if one.suffix in KINDS)
        if not found:
            raise click.BadParameter(f"{path} 里没有 {'、'.join(KINDS)} 文件")
        yield from found


def _place(path: Path, settings: Settings) -> str:
    """The path a finding names the file by; empty for one that lies elsewhere."""
    whole = path.resolve()
    for folder in (settings.processes_dir, settings.forms_dir):
        if whole.is_relative_to(folder.resolve()):
            return str(whole.relative_to(folder.resolve().parent))
    return ""


def _told(one: Finding) -> Text:
    colour = "red" if one.severity is Severity.ERROR else "yellow"
    place = ":".join(part for part in (one.file, str(one.line or ""), one.element) if part)
    told = Text.assemble((one.severity.label, colour), " ", (place, "bold"), "\n  ", one.sentence)
    cure = one.cure and f"\n  怎么办：{one.cure}"
    return told.append(f"{cure}（规则 {one.rule}）" if cure else f"（规则 {one.rule}）")


def _show_rules(console: Console) -> None:
    table = Table("规则", "级别", "查什么", title="检查规则", title_justify="left")
    for module in all_rules():
        table.add_row(module.rule.id, module.rule.severity.label, module.rule.title)
    console.print(table)
