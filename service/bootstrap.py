"""What has to be done before the first request: named steps, each safe to repeat.

Run as a program by the supervisor, with the addresses of database and broker in the environment. Ends
by leaving the line that tells the user where the service is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from service.casework.deployments import deploy_folder
from service.casework.installation import at_work
from service.casework.seeding import DEMO_PASSWORD, seed_demo
from service.errors import BadDefinition, XuejiError
from service.registry.law import Law
from service.registry.world_file import load_world
from service.settings import Settings
from service.store import migrate
from service.supervisor.progress import console, step


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step, by the name the user sees."""

    title: str
    run: Callable[[Settings], None]


def load_demo(settings: Settings) -> None:
    """Units, people and students to try the product with; whatever is there stays as it is."""
    if settings.demo:
        with at_work(settings) as office:
            seed_demo(office.shelf.rules)


def deploy(settings: Settings) -> None:
    """Deploy what lies in processes/ and has changed since the last start."""
    with at_work(settings) as office:
        try:
            made = deploy_folder(office)
        except BadDefinition as error:
            # A bad file must not keep the product from starting: what is in force stays in force.
            console.print(
                f"    processes/ 中的改动没有部署，继续使用原有版本。{error}", style="red", markup=False
            )
            return
        for done in made:
            console.print(f"    {done.name}：{len(done.definitions)} 个流程定义", markup=False)


STEPS: tuple[Step, ...] = (
    Step(title="升级数据库结构", run=lambda settings: migrate.upgrade(settings.database_url)),
    Step(title="装入演示数据", run=load_demo),
    Step(title="部署流程", run=deploy),
)


def welcome(settings: Settings) -> str:
    """One line: the address and, in a demo, the accounts."""
    ready = f"学籍业务流程编排已就绪：{settings.url}"
    if not settings.demo:
        return ready
    world = load_world(settings.processes_dir, Law(settings.processes_dir))
    system = [
        one.person.username for one in world.people.values() if any(role.unit is None for role in one.roles)
    ]
    others = [one.person.username for one in world.people.values() if any(role.unit for role in one.roles)]
    return (
        f"{ready} — 演示账号 {'、'.join(sorted(system))}，以及每个单位的每个角色（如 {others[0]}、{others[-1]}，"
        f"全部见 processes/**/world.yaml），口令均为 {DEMO_PASSWORD}"
    )


def main() -> int:
    """All steps in order; the first error ends them with its sentence."""
    settings = Settings.from_env()
    try:
        for item in STEPS:
            with step(item.title):
                item.run(settings)
        settings.welcome_file.write_text(welcome(settings))
    except XuejiError as error:
        console.print(str(error), style="red", markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
