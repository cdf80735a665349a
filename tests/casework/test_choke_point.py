"""No verb gets round the choke point: whatever opens a transaction asks who is acting, or is an act of the system.

Routes declare what follows from the person (tests/api/test_access.py), verbs decide what follows from the case
(test_relations.py). A new verb that does neither is found here, by reading the code.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

import service.api
import service.casework

# Verbs nobody signs in for, and what stands in place of that.
OF_THE_SYSTEM = {
    "deciding": "reads and tries decision tables, which are no secret; changes nothing",
    "deployments.deploy_folder": "the installation's own files, at its start",
    "deployments.deploy_upload": "the route asks for analyst or admin",
    "exports": "a file somebody has, no table",
    "guardian.look": "whoever has the code is the guardian; the code is checked",
    "guardian.recall": "whoever has the code is the guardian; the code is checked",
    "housekeeping": "jobs",
    "incidents.guarded": "what failed is written down, whoever did it",
    "incidents.open_incident": "what failed is written down, whoever did it",
    "incidents.close_of_work": "the verbs of external work, which ask",
    "almanac": "regions and calendars are everybody's",
    "journal": "jobs and commands",
    "keys.rotate": "a command",
    "looking.look": "routes that have asked looking.instance, or for operators",
    "materials.sweep": "a job",
    "messages.deliver_outbox": "a job",
    "occasions": "a job",
    "batches.work_off": "a job: each batch was asked for by a verb that asks",
    "moving.move_one": "execute and the batches, which ask",
    "plans": "routes and verbs that ask for operator, admin or analyst: plans of moves, no case",
    "rolls.unit": "units are known to everybody; their people and classes to the unit and those above it",
    "rolls.units_counted": "units are known to everybody",
    "rolls.units_found": "units are known to everybody",
    "seeding.seed_demo": "the installation, in a demonstration",
    "self_starts": "jobs, and a deployment",
    "timekeeping": "the route asks for analyst or admin, in a demonstration",
    "timers": "jobs",
    "work.fetch": "the route asks for operator or admin",
}
_OPENERS = ("transaction", "locked", "open", "opened")


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def functions(module: ModuleType) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef):
            yield node


def opens(node: ast.FunctionDef) -> bool:
    """Whether the function opens a transaction itself: ``with transaction()``, ``with office.locked(…)``."""
    for each in ast.walk(node):
        if isinstance(each, ast.With):
            for item in each.items:
                call = item.context_expr
                if isinstance(call, ast.Call):
                    name = (
                        call.func.attr
                        if isinstance(call.func, ast.Attribute)
                        else getattr(call.func, "id", "")
                    )
                    if name in _OPENERS:
                        return True
    return False


def reachable(module: ModuleType) -> dict[str, set[str]]:
    """For each public function the private ones of its module it calls, itself included."""
    nodes = {node.name: node for node in functions(module)}
    calls = {
        name: {
            each.func.id
            for each in ast.walk(node)
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
        }
        for name, node in nodes.items()
    }
    found = {}
    for name in nodes:
        seen, todo = set(), [name]
        while todo:
            one = todo.pop()
            if one not in seen and one in nodes:
                seen.add(one)
                todo.extend(calls[one])
        found[name] = seen
    return found


def verbs() -> dict[str, tuple[ModuleType, ast.FunctionDef]]:
    """Public functions of casework that open a transaction, themselves or by a helper of their module."""
    found = {}
    for module in modules(service.casework):
        nodes = {node.name: node for node in functions(module)}
        for name, reached in reachable(module).items():
            if not name.startswith("_") and any(opens(nodes[one]) for one in reached):
                found[f"{module.__name__.rpartition('.')[2]}.{name}"] = (module, nodes[name])
    return found


def excused(verb: str) -> bool:
    return verb in OF_THE_SYSTEM or verb.partition(".")[0] in OF_THE_SYSTEM


def test_there_are_verbs_to_look_at() -> None:
    assert {"tasks.claim", "tasks.complete", "cases.start", "steering.fire", "disclosure.reveal"} <= set(
        verbs()
    )


@pytest.mark.parametrize("verb", sorted(name for name in verbs() if not excused(name)))
def test_a_verb_asks_who_is_acting_and_looks_at_the_answer(verb: str) -> None:
    """An ``actor`` that is only written into the journal would pass for a check: it must reach one that may refuse."""
    module, node = verbs()[verb]
    given = [each.arg for each in node.args.args]
    assert "actor" in given, f"{verb} opens a transaction and does not ask who is acting"
    reached = reachable(module)[node.name]
    nodes = {one.name: one for one in functions(module)}
    assert any(_refuses(nodes[one]) for one in reached), f"{verb} asks nothing about its actor"


_CHECKS = (
    "require",
    "doable",
    "check",
    "visible",
    "may",
    "known",
    "host_unit",
    "seen",
    "mine",
    "own",
    "case",
    "find",
    "one",
)


def _refuses(node: ast.FunctionDef) -> bool:
    """Whether the actor (or its roles, units, id) goes into a call that may refuse, or a condition."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            name = each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "")
            words = name.strip("_").split("_")
            about = ast.dump(
                ast.Tuple(elts=[*each.args, *(k.value for k in each.keywords), each.func], ctx=ast.Load())
            )
            if any(word in _CHECKS for word in words) and "'actor'" in about:
                return True
        if isinstance(each, ast.If | ast.IfExp) and "'actor'" in ast.dump(each.test):
            return True
    return False


def test_excuses_are_for_verbs_that_are_there() -> None:
    known = set(verbs())
    stale = [
        one
        for one in OF_THE_SYSTEM
        if one not in known and not any(verb.startswith(f"{one}.") for verb in known)
    ]
    assert stale == []


def test_the_api_writes_through_verbs_only() -> None:
    """No statement of its own, and of the store's writing functions none: those are the verbs' to call."""
    allowed = {"attempts", "requests", "sessions"}  # about the request itself, not about what it does
    for module in modules(service.api):
        tree = ast.parse(inspect.getsource(module))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
                assert {name.name for name in node.names} <= {"Connection", "RowMapping"}, module.__name__
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                spoken = node.func.attr == "execute" and getattr(owner, "id", "") == "connection"
                assert not spoken, f"{module.__name__} speaks SQL"
                source = getattr(module, owner.id, None) if isinstance(owner, ast.Name) else None
                if inspect.ismodule(source) and source.__name__.startswith("service.store."):
                    name = source.__name__.rpartition(".")[2]
                    if name not in allowed:
                        called = inspect.getsource(getattr(source, node.func.attr))
                        assert not _writes(source, called), f"{module.__name__} calls {name}.{node.func.attr}"


def _writes(module: ModuleType, source: str) -> bool:
    """Whether a function executes a statement of its module that changes something."""
    for name, value in vars(module).items():
        if name.isupper() and name in source and hasattr(value, "text"):
            words = str(value.text).lower()
            if any(word in words for word in ("insert into", "update ", "delete from")):
                return True
    return False
