"""xueji move: what the version in force does to open cases of older versions, and moving them there."""

from __future__ import annotations

from collections import Counter

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.casework import moving, plans
from service.casework.actors import SYSTEM_ID, Actor
from service.casework.context import Office
from service.casework.installation import at_work
from service.casework.moved_words import sentence, status_word
from service.casework.moving import Outcome, Wish
from service.casework.plans import Plan, Step
from service.errors import BadRequest
from service.policy.regions import NATIONAL
from service.settings import Settings

# Whoever may run commands on the machine keeps the system running.
_KEEPER = Actor(id=SYSTEM_ID, username=SYSTEM_ID, name="命令行", powers=frozenset({"operator"}))
_COLOURS = {"moved": "green", "movable": "green", "unchanged": "dim", "stays": "yellow"}


@click.command("move")
@click.argument("procedure")
@click.option("--tenant", default=NATIONAL, help="地区代码；省略即全国。")
@click.option("--dry-run", is_flag=True, help="只看，不移动。")
@click.option(
    "--map", "mapped", multiple=True, metavar="旧=新", help="旧图元素对应新图的哪个元素；可多次给出。"
)
@click.option(
    "--restart-timer", "restarted", multiple=True, metavar="元素", help="重新计时的定时器；可多次给出。"
)
def command(
    procedure: str, tenant: str, *, dry_run: bool, mapped: tuple[str, ...], restarted: tuple[str, ...]
) -> None:
    """把在办件移到业务的现行版本，逐件说明结果。"""
    console = Console()
    with at_work(Settings.of_running()) as office:
        plan = _plan(plans.current(office, procedure, tenant), mapped, restarted)
        counts = _work(console, office, plan, dry_run=dry_run)
    told = "，".join(f"{status_word(status)} {many} 件" for status, many in counts.most_common())
    console.print(told or "没有其他版本的在办件")


def _plan(target: str, mapped: tuple[str, ...], restarted: tuple[str, ...]) -> Plan:
    named = {one: one for one in restarted}
    for pair in mapped:
        old, _, new = pair.partition("=")
        if not (old and new):
            raise BadRequest(f"“{pair}”不是 旧=新", cure="例如 --map review=first_review")
        named[old] = new
    steps = tuple(Step(source=old, target=new, restart=old in restarted) for old, new in named.items())
    return Plan(target=target, steps=steps)


def _work(console: Console, office: Office, plan: Plan, *, dry_run: bool) -> Counter[str]:
    """Page by page through every open case of another version; how many had which outcome."""
    counts: Counter[str] = Counter()
    after = ""
    while True:
        instances, _ = moving.candidates(office, _KEEPER, plan, after=after)
        if not instances:
            return counts
        after = instances[-1]
        act = moving.preview if dry_run else moving.execute
        found = act(office, _KEEPER, Wish(plan=plan, instances=instances))
        counts.update(one.status for one in found)
        console.print(_table(found))


def _table(found: list[Outcome]) -> Table:
    table = Table("受理编号", "版本", "结果", "说明")
    for one in found:
        notes = [str(problem) for problem in one.reasons] or [sentence(effect) for effect in one.effects]
        status = Text(status_word(one.status), _COLOURS.get(one.status, "red"))
        table.add_row(one.case_number, str(one.version or ""), status, "\n".join(notes) or "当前步骤不受影响")
    return table
