"""More blocks of random processes: handlers, undoing, repetitions, signals, links, ends that leave a level early.

Each has one entry and one exit, and whatever it throws is caught, so that every process made of them is sound.
"""

from __future__ import annotations

from tests.engine.random_lines import Lines

RARELY = "choice == 2 and loops < 2"  # true for a while only: a walk must end


class MoreBlocks(Lines):
    """What a builder may add to the simple blocks; ``scope`` and ``sequence`` are the builder's."""

    def repeated(self, depth: int) -> tuple[str, str]:
        """A subprocess or call several times, over a number or a list."""
        often = self.dice.choice(
            ["times=2", 'each="n in items"', "times=3 sequential", 'each="n in items" sequential']
        )
        until = ' "until=${nrOfCompletedInstances >= 1 and choice == 1}"' if self.dice.random() < 0.5 else ""
        if self.dice.random() < 0.4:
            name = self.name("c")
            self.lines.append(f"call {name} called=p2 {often}{until} \"in=party:${{'x'}};loops:loops\"")
        else:
            name = self.name("s")
            self.lines.append(f"sub {name} {often}{until}")
            self.scope(depth - 1)
            self.lines.append("close")
        return self.bounded(name)

    def again(self, depth: int) -> tuple[str, str]:
        """A standard loop."""
        first = " first" if self.dice.random() < 0.3 else ""
        if self.dice.random() < 0.5:
            name = self.name("u")
            self.lines.append(f"user {name} repeat=3 while=${{choice==2}}{first}")
        else:
            name = self.name("s")
            self.lines.append(f"sub {name} repeat=2 while=${{choice>=1}}{first}")
            self.scope(depth - 1)
            self.lines.append("close")
        return name, name

    def guarded(self, depth: int) -> tuple[str, str]:
        """A subprocess that may throw an error or an escalation, caught at its edge or inside."""
        kind = self.dice.choice(["error", "escalation"])
        name, start, ask, gate, out = (self.name(each) for each in ("s", "start", "u", "g", "o"))
        thrown, fine, merge, caught = self.name("end"), self.name("end"), self.name("x"), self.name("b")
        code = f"E{self.dice.randint(1, 2)}"
        inside = self.dice.random() < 0.5
        self.lines.append(f"sub {name}")
        first, last = self.sequence(depth - 1)
        self.lines += [f"start {start}", f"user {ask}", f"xor {gate} default={out}"]
        self.lines += [
            f"end {thrown} {kind}={code}",
            f"end {fine}",
            f"{start} -> {first}",
            f"{last} -> {ask} -> {gate}",
        ]
        self.lines += [f"{gate} -> {thrown} : ${{choice == 2}}", f"{gate} -> {fine} as {out}"]
        if inside:
            self.handler(f"{kind}={code}", beside=kind == "escalation" and self.dice.random() < 0.5)
        self.lines += ["close", f"xor {merge}"]
        if not inside:
            self.lines += [f"on {name} boundary {caught} {kind}={code}", f"{caught} -> {merge}"]
        self.lines.append(f"{name} -> {merge}")
        return name, merge

    def handled(self, depth: int) -> tuple[str, str]:
        """A subprocess with an event subprocess that waits."""
        name = self.name("s")
        self.lines.append(f"sub {name}")
        self.scope(depth - 1)
        triggers = [
            "timer=P4D",
            "timer=R2/P2D cycle",
            "message=m2",
            "signal=bell",
            f'"condition=${{{RARELY}}}"',
        ]
        self.handler(self.dice.choice(triggers), beside=self.dice.random() < 0.6)
        self.lines.append("close")
        return name, name

    def handler(self, trigger: str, *, beside: bool) -> None:
        name, start, task, end = (self.name(kind) for kind in ("es", "start", "u", "end"))
        self.lines += [f"event_sub {name}", f"start {start} {trigger}{' beside' if beside else ''}"]
        self.lines += [f"user {task}", f"end {end}", f"{start} -> {task} -> {end}", "close"]

    def undone(self, depth: int) -> tuple[str, str]:
        """Work that is undone later on, in a transaction that may be cancelled or by a compensation event."""
        name, start, gate, out = (self.name(kind) for kind in ("tx", "start", "g", "o"))
        bad, fine, merge, caught, ask = (self.name(kind) for kind in ("end", "end", "x", "b", "u"))
        cancel = self.dice.random() < 0.5
        self.lines.append(f"{'transaction' if cancel else 'sub'} {name}")
        first, last = self.sequence(depth - 1)
        done = self.undoable()
        self.lines += [f"start {start}", f"user {ask}", f"xor {gate} default={out}", f"end {fine}"]
        self.lines.append(f"end {bad} {'cancel' if cancel else 'compensate'}")
        self.lines += [f"{start} -> {done} -> {first}", f"{last} -> {ask} -> {gate}"]
        self.lines += [
            f"{gate} -> {bad} : ${{choice == 1}}",
            f"{gate} -> {fine} as {out}",
            "close",
            f"xor {merge}",
        ]
        if cancel:
            self.lines += [f"on {name} boundary {caught} cancel", f"{caught} -> {merge}"]
        self.lines.append(f"{name} -> {merge}")
        if self.dice.random() < 0.5:
            throw = self.name("th")
            self.lines += [f"throw {throw} compensate", f"{merge} -> {throw}"]
            return name, throw
        return name, merge

    def undoable(self) -> str:
        """An activity with a handler, perhaps repeated."""
        name, event, undo = self.name("u"), self.name("b"), self.name("undo")
        often = self.dice.choice(["", " times=2", " times=2 sequential"])
        kind = self.dice.choice(["user", "work"])
        work = " topic=registry.note" if kind == "work" else ""
        self.lines += [f"{kind} {name}{work}{often}", f"on {name} boundary {event} compensate"]
        handler = self.dice.choice(["user {} undoes", "work {} topic=registry.undo undoes"]).format(undo)
        self.lines += [handler, f"undo {event} {undo}"]
        return name

    def bell(self, depth: int) -> tuple[str, str]:
        """A signal between parallel branches, on an edge, or at a catch event that a timer gives up on."""
        split, join, throw, gate = (self.name(kind) for kind in ("g", "j", "th", "v"))
        catch, late, merge, ask = (self.name(kind) for kind in ("c", "t", "x", "u"))
        self.lines += [
            f"and {split}",
            f"and {join}",
            f"throw {throw} signal=bell",
            f"event {gate}",
            f"user {ask}",
        ]
        self.lines += [f"catch {catch} signal=bell", f"catch {late} timer=P2D", f"xor {merge}"]
        first, last = self.sequence(depth - 1)
        self.lines += [f"{split} -> {ask} -> {throw} -> {join}", f"{split} -> {gate} -> {catch} -> {merge}"]
        self.lines += [f"{gate} -> {late} -> {merge}", f"{merge} -> {first}", f"{last} -> {join}"]
        return split, join

    def many_events(self, _depth: int) -> tuple[str, str]:
        """A race of several of each kind."""
        gate, merge = self.name("v"), self.name("x")
        self.lines += [f"event {gate}", f"xor {merge}"]
        events = ["catch timer=P3D", "catch message=m1", "catch signal=bell", "receive message=m3"]
        events += [f'catch "condition=${{{RARELY}}}"', "catch message=m2"]
        for event in ["catch timer=P1D", *self.dice.sample(events, 4)]:
            kind, _, what = event.partition(" ")
            name = self.name("r")
            self.lines += [f"{kind} {name} {what}", f"{gate} -> {name} -> {merge}"]
        return gate, merge

    def jump(self, depth: int) -> tuple[str, str]:
        """A link to another place of the level."""
        throw, catch = self.name("l"), self.name("l")
        first, last = self.sequence(depth - 1)
        self.lines += [f"throw {throw} link={throw}", f"catch {catch} link={throw}", f"{catch} -> {first}"]
        return throw, last

    def stopped(self, depth: int) -> tuple[str, str]:
        """A subprocess with parallel branches, one of which may end them all."""
        name, start, split, ask = (self.name(kind) for kind in ("s", "start", "g", "u"))
        all_, end = self.name("end"), self.name("end")
        self.lines.append(f"sub {name}")
        first, last = self.sequence(depth - 1)
        self.lines += [f"start {start}", f"and {split}", f"user {ask}", f"end {all_} terminate", f"end {end}"]
        self.lines += [
            f"{start} -> {split} -> {ask} -> {all_}",
            f"{split} -> {first}",
            f"{last} -> {end}",
            "close",
        ]
        return name, name

    def forked(self, depth: int) -> tuple[str, str]:
        """An activity that forks by itself, over conditions and a default, into an inclusive join."""
        ask, join, left, right, other = (self.name(kind) for kind in ("u", "j", "u", "u", "d"))
        self.lines += [f"user {ask} default={other}", f"or {join}", f"user {left}", f"user {right}"]
        self.lines += [f"{ask} -> {left} : ${{choice >= 1}}", f"{ask} -> {right} : ${{choice == 2}}"]
        first, last = self.sequence(depth - 1)
        self.lines += [
            f"{ask} -> {first} as {other}",
            f"{last} -> {join}",
            f"{left} -> {join}",
            f"{right} -> {join}",
        ]
        return ask, join
