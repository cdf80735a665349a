"""One child process over its lives: started, watched, restarted with back-off, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import IO

import psutil

from service.supervisor.plan import ChildSpec

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 30.0
#: A child that lived this long was healthy: its next death starts the back-off anew.
_HEALTHY = 30.0


class Child:
    """A child in a session of its own, so that a Ctrl-C in the terminal reaches the supervisor alone."""

    def __init__(self, spec: ChildSpec, data_dir: Path, *, log: bool = True) -> None:
        if not any(str(data_dir) in part for part in spec.command):
            raise ValueError(f"the command line of {spec.name} must contain DATA_DIR")
        self.spec = spec
        self.log_file = data_dir / "log" / f"{spec.name}.log" if log else None
        self.pid = 0
        self.delay = 0.0
        self.started_at = 0.0
        self.restart_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; its output goes to its log, or to ours when it has none."""
        with self._output() as output:
            self._process = subprocess.Popen(
                self.spec.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=dict(self.spec.environment),
                start_new_session=True,
                **self.spec.popen_options,  # type: ignore[call-overload]
            )
        self.pid = self._process.pid
        self.started_at = time.monotonic()

    def _output(self) -> AbstractContextManager[IO[bytes] | None]:
        return self.log_file.open("ab") if self.log_file else nullcontext()

    def alive(self) -> bool:
        """Whether it runs; a death is noticed here and its code kept for ``bury``."""
        if self._process is None:
            return False
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def awaits_burial(self) -> bool:
        """Died since it was started, and nobody has taken note."""
        return self._process is not None and not self.alive()

    def bury(self) -> int:
        """End what a dead child left behind and give its exit code.

        Until it is waited for, the dead leader keeps its number, so the group cannot be somebody else's.
        """
        assert self._process is not None
        kill_group(self.pid)
        code = self._process.wait()
        self._process = None
        healthy = time.monotonic() - self.started_at > _HEALTHY
        self.delay = _FIRST_DELAY if healthy else min(max(self.delay * 2, _FIRST_DELAY), _LONGEST_DELAY)
        self.restart_at = time.monotonic() + self.delay
        return code

    def may_restart(self) -> bool:
        return self._process is None and time.monotonic() >= self.restart_at

    def ask_to_end(self) -> None:
        if self.alive():
            os.kill(self.pid, self.spec.stop_signal)

    def end_by(self, deadline: float) -> None:
        """Wait for the end asked for; kill what is left after ``deadline``."""
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._process is not None:
            kill_group(self.pid)
            self._process.wait()
            self._process = None


def kill_group(leader: int) -> None:
    """Kill a session's group; that it is empty already is what we want."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def end_foreign(process: psutil.Process, stop_signal: int, patience: float) -> None:
    """End a process that is not our child: in order, or by force after ``patience`` seconds."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(stop_signal)
        if not _gone_within(process, patience):
            if os.getpgid(process.pid) == process.pid:
                kill_group(process.pid)
            process.kill()
            _gone_within(process, patience)


def _gone_within(process: psutil.Process, seconds: float) -> bool:
    """Dead counts as gone even while the process that has to bury it is late."""
    end = time.monotonic() + seconds
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
