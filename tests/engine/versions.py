"""Two versions of one sketch in one world, and random edits that make the second from the first."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from service.engine import Definition, Guide, Instance, Moved, compile_files, move
from tests.engine.sketch import sketch
from tests.engine.world import Run, World


class Versions(World):
    """A world that knows every version by its digest; the newest of a process is the one in force."""

    def __init__(self, *texts: str, files: Mapping[str, bytes] | None = None) -> None:
        super().__init__(*texts, files=files)
        self.files = dict(files or {})
        self.known = {(one.digest, one.process_id): one for one in self.definitions.values()}

    def edit(self, text: str, process: str = "p") -> Definition:
        """A new version comes into force."""
        digest = f"digest-{process}-{len(self.known)}"
        files = {f"{process}.bpmn": sketch(text, process), **self.files}
        (new,) = compile_files(files, f"{process}.bpmn", digest=digest)
        self.definitions[process] = self.known[digest, process] = new
        return new

    def by_digest(self, digest: str, process_id: str) -> Definition:
        return self.known[digest, process_id]


def moved(run: Run, target: Definition, *, values: Mapping[str, Any] | None = None, **elements: str) -> Moved:
    """Move a run to a version, as the tables would follow it; ``elements`` are new ids by old ones."""
    return _moved(run, target, Guide(elements=elements), values)


def restarted(run: Run, target: Definition, *timers: str) -> Moved:
    """Move a run, its timers of these elements starting anew."""
    return _moved(run, target, Guide(restarted=frozenset(timers)), None)


def _moved(run: Run, target: Definition, guide: Guide, values: Mapping[str, Any] | None) -> Moved:
    done = move(run.instance.save(), run.world, target, guide, values)
    run.instance = done.instance
    run.open.update({wait.id: wait for wait in done.retold})
    run._settle()
    return done


def dues(instance: Instance) -> dict[str, int]:
    """The due instant of every timer in milliseconds, by token."""
    return {
        str(token.number): token.internal_data["due"]
        for token in instance.case.all_tokens()
        if "due" in token.internal_data
    }


# Edits -----------------------------------------------------------------------------------------------------

Edit = Callable[[list[str], random.Random], list[str]]
_FLOW = re.compile(r"^(\w+) -> (\w+)( : .*| as \w+)?$")


def rename_labels(lines: list[str], dice: random.Random) -> list[str]:
    return [
        f"{line} name=改名{dice.randint(1, 9)}" if re.match(r"(user|work|catch) \w+", line) else line
        for line in lines
    ]


def add_task(lines: list[str], dice: random.Random) -> list[str]:
    """A new task on some flow."""
    at = dice.choice([number for number, line in enumerate(lines) if _FLOW.match(line)])
    source, target, more = _FLOW.match(lines[at]).groups()  # type: ignore[union-attr]
    task = dice.choice(["user added", "work added topic=outside", "work added topic=registry.note"])
    return [*lines[:at], task, f"{source} -> added{more or ''}", f"added -> {target}", *lines[at + 1 :]]


def add_boundary_timer(lines: list[str], dice: random.Random) -> list[str]:
    tasks = [number for number, line in enumerate(lines) if re.match(r"user \w+", line)]
    if not tasks:
        return lines
    at = dice.choice(tasks)
    task, beside = lines[at].split()[1], dice.choice(["", " beside"])
    event = [f"on {task} boundary new_timer timer=P9D{beside}", "user late", "end late_end"]
    return [*lines[: at + 1], *event, "new_timer -> late -> late_end", *lines[at + 1 :]]


def remove_node(lines: list[str], dice: random.Random) -> list[str]:
    """A step in the middle goes; what led to it leads on."""
    found = [
        name
        for line in lines
        if (name := _removable(line))
        and _flows(lines, name) is not None
        and f"on {name} " not in " ".join(lines)
    ]
    if not found:
        return lines
    name = dice.choice(found)
    into, out = _flows(lines, name)  # type: ignore[misc]
    source, _, more = _FLOW.match(into).groups()  # type: ignore[union-attr]
    target = _FLOW.match(out)[2]  # type: ignore[index]
    gone = {into, out}
    kept = [line for line in lines if line not in gone and not re.match(rf"\w+ {name}( |$)", line)]
    return [
        *_placed(lines, kept, into),
        f"{source} -> {target}{more or ''}",
        *_placed(lines, kept, into, after=True),
    ]


def _removable(line: str) -> str:
    match = re.match(r"(user|work|catch) (\w+)( topic=\S+| timer=\S+| times=.*)?$", line)
    return match[2] if match else ""


def _flows(lines: list[str], name: str) -> tuple[str, str] | None:
    """The only flow into and the only one out of a node, each on a line of its own."""
    touching = [line for line in lines if "->" in line and re.search(rf"\b{name}\b", line)]
    into = [line for line in touching if (match := _FLOW.match(line)) and match[2] == name]
    out = [line for line in touching if (match := _FLOW.match(line)) and match[1] == name]
    return (into[0], out[0]) if len(into) == len(out) == 1 and len(touching) == 2 else None


def _placed(lines: list[str], kept: list[str], mark: str, *, after: bool = False) -> list[str]:
    before = lines.index(mark)
    wanted = lines[before + 1 :] if after else lines[:before]
    return [line for line in wanted if line in kept]


def change_condition(lines: list[str], _dice: random.Random) -> list[str]:
    return [line.replace("choice == 1", "choice >= 1 and loops >= 0") for line in lines]


EDITS: tuple[Edit, ...] = (rename_labels, add_task, add_boundary_timer, remove_node, change_condition)


def edited(text: str, seed: int) -> tuple[str, str]:
    """Another version of a sketch, and what was done to it."""
    dice = random.Random(seed)
    edit = EDITS[seed % len(EDITS)]
    return "\n".join(edit(text.split("\n"), dice)), edit.__name__
