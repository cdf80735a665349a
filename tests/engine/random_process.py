"""Random sound processes, built block by block, and random walks through them."""

from __future__ import annotations

import random
from itertools import pairwise

from service.engine import ExternalWait, MessageWait, SignalWait, TimerWait, UserTaskWait
from tests.engine.random_blocks import RARELY, MoreBlocks
from tests.engine.world import Run

CALLED = """
start called_start
user called_task groups=officer@${party}
xor called_gate default=called_on
end called_end
called_start -> called_task -> called_gate
called_gate -> called_task : ${choice == 1 and loops < 2}
called_gate -> called_end as called_on
"""
DEPTH, LENGTH = 3, 3
STOPPING = {"start", "user", "work", "catch", "call", "sub", "xor", "and", "or", "end", "on"}
BEGIN = {"choice": 0, "loops": 0, "items": ["a", "b"]}  # what every walk starts with


class Builder(MoreBlocks):
    """Writes a sketch: each block has one entry and one exit, so that every process is sound."""

    def process(self) -> str:
        self.scope(DEPTH, top=True)
        return "\n".join(self.lines)

    def scope(self, depth: int, *, top: bool = False) -> None:
        start, end = self.name("start"), self.name("end")
        self.lines.append(f"start {start}")
        first, last = self.sequence(depth)
        self.lines += [f"end {end}", f"{start} -> {first}", f"{last} -> {end}"]
        if top and self.dice.random() < 0.4:
            self.event_subprocess()

    def sequence(self, depth: int) -> tuple[str, str]:
        blocks = [self.block(depth) for _ in range(self.dice.randint(1, LENGTH))]
        self.lines += [f"{left[1]} -> {right[0]}" for left, right in pairwise(blocks)]
        return blocks[0][0], blocks[-1][1]

    def block(self, depth: int) -> tuple[str, str]:
        simple = [self.user, self.work, self.wait, self.external, self.call, self.many]
        nested = [self.choice, self.parallel, self.inclusive, self.loop, self.sub, self.race]
        more = [self.repeated, self.again, self.guarded, self.handled, self.undone, self.bell]
        more += [self.many_events, self.jump, self.stopped, self.forked]
        kinds = simple if depth == 0 else simple + nested * 2 + more
        return self.dice.choice(kinds)(depth)

    def user(self, _depth: int) -> tuple[str, str]:
        name = self.name("u")
        self.lines.append(f"user {name}")
        if self.dice.random() < 0.3:
            return self.bounded(name)
        return name, name

    def bounded(self, name: str) -> tuple[str, str]:
        """A boundary event beside or interrupting, whose way rejoins (or ends)."""
        event, other = self.name("b"), self.name("u")
        triggers = [
            "timer=P2D",
            f"message=m{self.dice.randint(1, 3)}",
            "signal=bell",
            f'"condition=${{{RARELY}}}"',
        ]
        trigger = self.dice.choice(triggers)
        if self.dice.random() < 0.5:
            trigger = "timer=R2/P1D cycle" if self.dice.random() < 0.3 else trigger
            end = self.name("end")
            self.lines += [f"on {name} boundary {event} {trigger} beside", f"user {other}", f"end {end}"]
            self.lines.append(f"{event} -> {other} -> {end}")
            return name, name
        merge = self.name("x")
        self.lines += [f"on {name} boundary {event} {trigger}", f"user {other}", f"xor {merge}"]
        self.lines += [f"{event} -> {other} -> {merge}", f"{name} -> {merge}"]
        return name, merge

    def work(self, _depth: int) -> tuple[str, str]:
        name = self.name("w")
        self.lines.append(f"work {name} topic=registry.note")
        return name, name

    def external(self, _depth: int) -> tuple[str, str]:
        name = self.name("e")
        self.lines.append(f"work {name} topic=outside")
        return name, name

    def wait(self, _depth: int) -> tuple[str, str]:
        name = self.name("t")
        self.lines.append(f"catch {name} timer=P{self.dice.randint(1, 5)}D")
        return name, name

    def call(self, _depth: int) -> tuple[str, str]:
        name = self.name("c")
        self.lines.append(f"call {name} called=p2 \"in=party:${{'x'}};loops:loops\" out=choice:choice")
        return name, name

    def many(self, _depth: int) -> tuple[str, str]:
        name = self.name("m")
        sequential = " sequential" if self.dice.random() < 0.5 else ""
        until = ' "until=${nrOfCompletedInstances >= 2}"' if self.dice.random() < 0.5 else ""
        self.lines.append(f"user {name} times=3{sequential}{until}")
        return name, name

    def branches(self, depth: int, gate: str, join: str, conditions: list[str]) -> tuple[str, str]:
        split, merge = self.name("g"), self.name("j")
        default = self.name("d")
        option = f" default={default}" if conditions else ""
        self.lines += [f"{gate} {split}{option}", f"{join} {merge}"]
        for condition in conditions or ["", ""]:
            first, last = self.sequence(depth - 1)
            self.lines.append(f"{split} -> {first} : {condition}" if condition else f"{split} -> {first}")
            self.lines.append(f"{last} -> {merge}")
        if conditions:
            self.lines.append(f"{split} -> {merge} as {default}")
        return split, merge

    def choice(self, depth: int) -> tuple[str, str]:
        return self.branches(depth, "xor", "xor", ["${choice == 1}", "${choice == 2}"])

    def parallel(self, depth: int) -> tuple[str, str]:
        return self.branches(depth, "and", "and", [])

    def inclusive(self, depth: int) -> tuple[str, str]:
        return self.branches(depth, "or", "or", ["${choice >= 1}", "${choice >= 2}"])

    def loop(self, depth: int) -> tuple[str, str]:
        again, more, out = self.name("x"), self.name("x"), self.name("o")
        first, last = self.sequence(depth - 1)
        ask = self.name("u")
        self.lines += [f"xor {again}", f"user {ask}", f"xor {more} default={out}", f"{again} -> {first}"]
        self.lines += [f"{last} -> {ask} -> {more}", f"{more} -> {again} : ${{choice == 2 and loops < 3}}"]
        after = self.name("x")
        self.lines += [f"xor {after}", f"{more} -> {after} as {out}"]
        return again, after

    def sub(self, depth: int) -> tuple[str, str]:
        name = self.name("s")
        self.lines.append(f"sub {name}")
        self.scope(depth - 1)
        self.lines.append("close")
        return self.bounded(name) if self.dice.random() < 0.5 else (name, name)

    def race(self, _depth: int) -> tuple[str, str]:
        gate, merge = self.name("v"), self.name("x")
        timer, message = self.name("t"), self.name("r")
        self.lines += [
            f"event {gate}",
            f"catch {timer} timer=P3D",
            f"catch {message} message=m1",
            f"xor {merge}",
        ]
        self.lines += [f"{gate} -> {timer} -> {merge}", f"{gate} -> {message} -> {merge}"]
        return gate, merge

    def event_subprocess(self) -> None:
        name, start, task, end = (self.name(kind) for kind in ("s", "start", "u", "end"))
        beside = " beside" if self.dice.random() < 0.5 else ""
        trigger = self.dice.choice(["timer=P20D", "message=m2", "signal=stop", "timer=R3/P5D cycle"])
        self.lines += [f"event_sub {name}", f"start {start} {trigger}{beside}", f"user {task}", f"end {end}"]
        self.lines += [f"{start} -> {task} -> {end}", "close"]


def random_process(seed: int) -> str:
    """The sketch of a seed; in every third, some nodes stop for the worker before or after they run."""
    dice = random.Random(seed)
    lines = Builder(dice).process().splitlines()
    if seed % 3 == 0:
        lines = [f"{line}{_stop(dice)}" if line.split()[0] in STOPPING else line for line in lines]
    return "\n".join(lines)


def _stop(dice: random.Random) -> str:
    return dice.choice([" before", " after"]) if dice.random() < 0.12 else ""


def moves(run: Run) -> list[tuple[str, str]]:
    """What may happen next, in an order that depends on nothing but the instance."""
    possible = []
    for identifier, wait in sorted(run.open.items(), key=lambda item: int(item[0])):
        if isinstance(wait, UserTaskWait | ExternalWait):
            possible.append(("do", identifier))
        elif isinstance(wait, MessageWait):
            possible.append(("message", wait.message))
        elif isinstance(wait, TimerWait):
            soon = 3 if wait.due <= run.world.now else 1  # the worker does not let what is due wait for long
            possible += [("time", "")] * soon
        elif isinstance(wait, SignalWait):
            possible.append(("signal", wait.signal))
    return possible


def walk(run: Run, seed: int, limit: int = 400) -> list[object]:
    """Walk at random until the end; every step's visible state, for comparison."""
    dice = random.Random(seed)
    seen: list[object] = []
    for turn in range(limit):
        if run.completed:
            break
        kind, what = dice.choice(moves(run))
        # Loops give way in time: a walk must end.
        values = {"choice": dice.randint(0, 2), "loops": min(turn // 8, 3)}
        if kind == "do":
            wait = run.open[what]
            act = run.instance.complete if isinstance(wait, UserTaskWait) else run.instance.complete_external
            act(what, values)
            run._settle()
        elif kind == "message":
            run.message(what, **values)
        elif kind == "signal":
            run.signal(what, **values)
        else:
            due = run.instance.next_due()
            assert due is not None
            run.world.now = max(run.world.now, due)
            run.instance.fire_due()
            run._settle()
        seen.append((kind, what, sorted(run.open), dict(run.variables), run.instance.positions()))
    seen.append((run.completed, run.end, tuple(run.flows)))
    return seen
