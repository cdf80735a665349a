"""Starts a Plan, keeps its children alive, ends them: the only loop of the supervisor."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from service.supervisor import logs
from service.supervisor.child import Child
from service.supervisor.errors import CannotStart
from service.supervisor.lock import alone
from service.supervisor.plan import ChildSpec, Plan, Server
from service.supervisor.ports import is_free
from service.supervisor.progress import console, step
from service.supervisor.records import Record, Records
from service.supervisor.signals import Shutdown, Signals

_LOOK_AGAIN = 1.0
_ROTATE_EVERY = 60.0


class Supervisor:
    """Runs one plan until it is asked to end."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._records = Records(plan.data_dir)
        self._servers: list[Child] = []
        self._programs: list[Child] = []
        self._signals = Signals()

    def run(self) -> None:
        """Start, keep, end. Returns after an end that was asked for; raises CannotStart otherwise."""
        make_folders(self._plan.data_dir)
        with alone(self._plan.data_dir), self._signals:
            try:
                self._end_leftovers()
                self._start()
                self._keep()
            except Shutdown:
                console.print("正在停止……")
            finally:
                self._end()

    def _end_leftovers(self) -> None:
        for name in self._records.end_leftovers():
            console.print(f"[yellow]![/] 已结束上次运行遗留的进程：{name}")
        if self._plan.listens and not is_free(*self._plan.listens):
            host, port = self._plan.listens
            raise CannotStart(
                f"端口 {port}（{host}）已被其他程序占用",
                cure=f"请停止该程序，或换一个端口：PORT={port + 1} make run",
            )

    def _start(self) -> None:
        for server in self._plan.servers:
            with step(server.title):
                self._start_server(server)
        for preparation in self._plan.preparations:
            self._prepare(preparation)
        with step("、".join(program.title for program in self._plan.programs)):
            for spec in self._plan.programs:
                self._launch(Child(spec, self._plan.data_dir), self._programs)
            for child in self._programs:
                self._wait_ready(child)
        console.print(self._plan.announce())

    def _start_server(self, server: Server) -> None:
        server.prepare()
        child = Child(server, self._plan.data_dir)
        self._launch(child, self._servers)
        self._wait_ready(child)

    def _launch(self, child: Child, group: list[Child]) -> None:
        child.start()
        group.append(child)
        self._note()

    def _note(self) -> None:
        """Write down who runs, before anything else may happen."""
        self._records.write(
            Record(
                name=child.spec.name,
                pid=child.pid,
                command=list(child.spec.command),
                stop_signal=child.spec.stop_signal,
                patience=child.spec.patience,
            )
            for child in (*self._servers, *self._programs)
        )

    def _wait_ready(self, child: Child) -> None:
        if child.spec.ready is None:
            return
        try:
            with self._signals.interruptible():
                child.spec.ready(child.alive)
        except CannotStart as error:
            raise CannotStart(
                f"{error}\n{logs.tail(child.log_file)}" if child.log_file else str(error)
            ) from error

    def _prepare(self, spec: ChildSpec) -> None:
        """Run a preparation to its end; it tells its own progress."""
        child = Child(spec, self._plan.data_dir, log=False)
        self._launch(child, self._programs)
        with self._signals.interruptible():
            while child.alive():
                self._signals.wait(_LOOK_AGAIN)
        code = child.bury()
        self._programs.remove(child)
        self._note()
        if code:
            raise CannotStart(f"{spec.title}失败", cure="请按上面的说明处理后重新运行")

    def _keep(self) -> None:
        rotated = time.monotonic()
        while not self._signals.requested:
            for child in (*self._servers, *self._programs):
                self._revive(child)
            if time.monotonic() - rotated > _ROTATE_EVERY:
                logs.rotate(self._plan.data_dir / "log")
                rotated = time.monotonic()
            self._signals.wait(_LOOK_AGAIN / 4 if self._someone_is_down() else _LOOK_AGAIN)
        raise Shutdown

    def _someone_is_down(self) -> bool:
        return any(not child.alive() for child in (*self._servers, *self._programs))

    def _revive(self, child: Child) -> None:
        if child.awaits_burial():
            code = child.bury()
            console.print(f"[red]✗[/] {child.spec.name} 意外退出（{code}），{child.delay:g} 秒后重新启动")
        if child.may_restart():
            child.start()
            self._note()
            console.print(f"[green]✓[/] {child.spec.name} 已重新启动")

    def _end(self) -> None:
        """Programs first and together, then the servers, the last started first."""
        self._plan.withdraw()
        end_children(self._programs)
        for server in reversed(self._servers):
            end_children([server])
        self._records.write([])


def end_children(children: Sequence[Child]) -> None:
    """Ask all of them to end, then give each its time."""
    asked = time.monotonic()
    for child in children:
        child.ask_to_end()
    for child in children:
        child.end_by(asked + child.spec.patience)


def make_folders(data_dir: Path) -> None:
    """DATA_DIR and what the supervisor keeps in it; for nobody else's eyes."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("run", "log"):
        (data_dir / name).mkdir(exist_ok=True, mode=0o700)
