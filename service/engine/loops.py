"""Repeated activities: multi-instance (parallel, sequential) and the standard loop.

The activity's own token becomes the body; each repetition is a token of the same node that knows its body (``mi``) and
carries its item and ``loopCounter`` as local values. Nothing of a repetition is left when it is over, so an
activity may be visited any number of times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.engine.host import EngineError
from service.engine.scope import TokenScope

if TYPE_CHECKING:
    from service.engine.nodes.base import Step
    from service.engine.space import Token

INSTANCE_LIMIT = 1_000


def begin(step: Step, token: Token) -> bool | None:
    """Start the repetitions. True when there are none."""
    loop = step.node.loop
    assert loop is not None
    state: dict[str, Any] = {"next": 0, "done": 0}
    token.internal_data["loop"] = state
    if loop.kind == "standard":
        if loop.test_before and not _condition(step, token):
            return True
        _spawn(step, token)
        return None
    items = step.value(token, "collection") if loop.collection else None
    state["total"] = len(_items(step, items)) if loop.collection else _count(step, token)
    if loop.collection:
        state["items"] = _items(step, items)
    _count_up(token)
    if state["total"] == 0:
        return True
    for _ in range(state["total"] if loop.kind == "parallel" else 1):
        _spawn(step, token)
    return None


def _items(step: Step, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise EngineError("多实例的集合不是列表", element=step.name, cure="请让集合变量是一个列表")
    return value[: INSTANCE_LIMIT + 1] if len(value) <= INSTANCE_LIMIT else _too_many(step)


def _count(step: Step, token: Token) -> int:
    value = step.value(token, "cardinality")
    try:
        count = int(value)
    except (TypeError, ValueError) as error:
        raise EngineError(
            "多实例的次数不是整数", element=step.name, cure="请填写整数或结果为整数的表达式"
        ) from error
    return count if 0 <= count <= INSTANCE_LIMIT else len(_too_many(step))


def _too_many(step: Step) -> list[Any]:
    raise EngineError(
        f"多实例的次数应在 0 到 {INSTANCE_LIMIT} 之间", element=step.name, cure="请检查集合或次数"
    )


def _spawn(step: Step, body: Token) -> None:
    state, loop = body.internal_data["loop"], step.node.loop
    local: dict[str, Any] = {"loopCounter": state["next"]}
    if "items" in state and loop is not None and loop.item:
        local[loop.item] = state["items"][state["next"]]
    state["next"] += 1
    body.space.enter(step, mi=body.number, local=local)
    _count_up(body)


def _count_up(body: Token) -> None:
    """Camunda's counters, as local values of the body."""
    state = body.internal_data["loop"]
    body.internal_data["local"] = {
        **body.internal_data.get("local", {}),
        "nrOfInstances": state.get("total", state["next"]),
        "nrOfCompletedInstances": state["done"],
        "nrOfActiveInstances": state["next"] - state["done"],
    }


def instance_done(token: Token) -> None:
    """One repetition is over: start the next one, or finish the activity."""
    step, space = token.task_spec, token.space
    body = space.tasks[token.internal_data["mi"]]
    state, loop = body.internal_data["loop"], step.node.loop
    assert loop is not None
    state["done"] += 1
    if step.code.compensated or "done" in token.internal_data:
        undo = [token.internal_data.get("local") or {}, token.internal_data.get("done", [])]
        body.internal_data.setdefault("rounds", []).append(undo)
    _count_up(body)
    again = _again(step, token, body)
    space.remove(token)
    if again:
        if loop.kind != "parallel":
            _spawn(step, body)
        return
    for other in space.tokens():
        if other.internal_data.get("mi") == body.number:
            space.case.cancel_token(other)
    body.complete()


def _again(step: Step, token: Token, body: Token) -> bool:
    state, loop = body.internal_data["loop"], step.node.loop
    assert loop is not None
    if loop.kind == "standard":
        maximum = int(loop.maximum) if loop.maximum else INSTANCE_LIMIT
        return state["done"] < maximum and _condition(step, token)
    if state["done"] >= state["total"]:
        return False
    return not (loop.completion and _condition(step, token))


def _condition(step: Step, token: Token) -> bool:
    expression = (step.code.values or {}).get("completion")
    return expression is None or expression.test(TokenScope(token))
