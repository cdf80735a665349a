"""A program for tests: a supervisor over children that only sleep. Its argument is DATA_DIR."""

from __future__ import annotations

import sys
from pathlib import Path

from service.supervisor.plan import ChildSpec, Plan, Server
from service.supervisor.supervisor import Supervisor

#: Says on which it dies, so that a test sees the order of the end.
_SLEEPER = """
import pathlib, signal, sys, time
def leave(number, frame):
    with pathlib.Path(sys.argv[1], "ends").open("a") as file: print(sys.argv[2], file=file)
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if sys.argv[2] == "stubborn" else leave)
pathlib.Path(sys.argv[1], sys.argv[2] + ".up").touch()
time.sleep(600)
"""


def sleeper(data_dir: Path, name: str) -> tuple[str, ...]:
    """Command line of a child that sleeps."""
    return (sys.executable, "-c", _SLEEPER, str(data_dir), name)


def plan(data_dir: Path, preparation: str) -> Plan:
    """A server, a preparation and two programs, one of which does not listen to SIGTERM."""
    return Plan(
        data_dir=data_dir,
        servers=(Server(name="base", title="base", prepare=lambda: None, command=sleeper(data_dir, "base")),),
        preparations=(
            ChildSpec(
                name="first", title="first", command=(sys.executable, "-c", preparation, str(data_dir))
            ),
        ),
        programs=(
            ChildSpec(name="tame", title="tame", command=sleeper(data_dir, "tame")),
            ChildSpec(name="stubborn", title="stubborn", command=sleeper(data_dir, "stubborn"), patience=0.5),
        ),
        announce=lambda: "everything runs",
    )


if __name__ == "__main__":
    Supervisor(plan(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "pass")).run()
