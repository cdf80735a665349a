"""Activities: tasks for people, work by the system, decisions, subprocesses and calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.engine import compensation, loops
from service.engine.decisions import Outcome as DecisionOutcome
from service.engine.host import BpmnError, EngineError, ExternalWait, MessageWait, Thrown, UserTaskWait
from service.engine.nodes.base import Step, evaluate_all, store
from service.engine.propagation import throw_error
from service.engine.scope import TokenScope
from service.engine.space import Space, Token
from service.engine.timers import as_datetime
from service.policy.values import Value

IN_TRANSACTION = "registry."  # topics done by the host itself, at once


class Activity(Step):
    """Opens its boundary events when it waits, closes them when it is done, and may be repeated."""

    step_of_work = True

    def execute(self, token: Token) -> bool | None:
        if self.node.loop is not None and "mi" not in token.internal_data:
            result = loops.begin(self, token)
        else:
            if self.code.inputs:
                token.internal_data["local"] = {
                    **token.internal_data.get("local", {}),
                    **evaluate_all(self.code.inputs, token),
                }
            result = self.perform(token)
        if result is None and "mi" not in token.internal_data:
            self.open_boundaries(token)
        return result

    def perform(self, token: Token) -> bool | None:
        """One performance of the activity."""
        return True

    def open_boundaries(self, token: Token) -> None:
        if token.number not in token.space.tasks:
            return
        for event in self.code.attached:
            step = token.space.spec.task_specs[event.id]
            if step.passive_wait:
                token.space.enter(step, host=token.number)

    def leave(self, token: Token) -> None:
        is_body = self.node.loop is not None and "mi" not in token.internal_data
        results = {} if is_body else evaluate_all(self.code.outputs, token)
        local = token.internal_data.pop("local", None)
        store(token, results)
        close_boundaries(token)
        if "mi" in token.internal_data:
            token.internal_data["local"] = local
            loops.instance_done(token)
            return
        self.remember(token)
        if "compensates" in token.internal_data:
            compensation.handler_done(token)
            return
        self.go_on(token)

    def priority(self, token: Token, name: str) -> int:
        """A priority as written; 50, as in Camunda, where none is."""
        value = self.value(token, name)
        return 50 if value is None or value == "" else int(value)

    def remember(self, token: Token) -> None:
        """Keep what a later compensation needs."""
        if self.node.loop is not None:
            if rounds := token.internal_data.get("rounds"):
                token.space.done.append([self.name, [], rounds])
        elif self.code.compensated or token.internal_data.get("done"):
            token.space.done.append([self.name, token.internal_data.get("done", [])])


def close_boundaries(token: Token) -> None:
    for other in token.space.tokens():
        if other.internal_data.get("host") == token.number:
            token.space.case.cancel_token(other)


class UserTask(Activity):
    """Waits for a person."""

    def perform(self, token: Token) -> bool | None:
        groups = tuple(group for group in _split(self.value(token, "candidateGroups")) if group)
        party = groups[0].partition("@")[2] if groups else ""
        level, host = token.space.process_level, token.space.case.host
        calendar = host.calendar(token.space.definition.tenant)
        token.space.case.wait(
            token,
            UserTaskWait(
                id=str(token.number),
                element=self.name,
                name=self.node.name,
                process=level.definition.process_id,
                path=f"{party}/{self.name}" if party else self.name,
                groups=groups,
                assignee=str(self.value(token, "assignee") or ""),
                form=str(self.value(token, "formRef") or self.value(token, "formKey") or ""),
                due=as_datetime(self.value(token, "dueDate"), host.now, calendar),
                follow_up=as_datetime(self.value(token, "followUpDate"), host.now, calendar),
                priority=self.priority(token, "priority"),
                barred=self.barred(token),
                clauses=self.node.clauses,
                tenant=level.definition.tenant,
                digest=level.definition.digest,
            ),
        )
        return None

    def barred(self, token: Token) -> tuple[str, ...]:
        """Who did the step that four eyes keep apart from this one (looked up outwards through the calls)."""
        rule = self.node.properties.get("four_eyes", "")
        people: list[str] = []
        for element in filter(None, (part.strip() for part in rule.split(","))):
            level: Space | None = token.space.process_level
            while level is not None:
                if element in level.doers:
                    people.append(level.doers[element])
                    break
                level = level.owner.space.process_level if level.owner is not None else None
        return tuple(people)


def _split(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item).strip() for item in value]
    return [part.strip() for part in str(value or "").split(",")]


class ServiceTask(Activity):
    """Work by the system: registry actions inside the transaction, any other topic by an external worker."""

    def perform(self, token: Token) -> bool | None:
        topic = str(self.value(token, "topic") or "")
        if not topic:
            raise EngineError(
                "服务任务没有主题（topic）", element=self.name, cure="请在属性面板中选择外部任务并填写主题"
            )
        inputs = dict(token.internal_data.get("local") or {})
        if not topic.startswith(IN_TRANSACTION):
            self.wait_for_worker(token, topic, inputs)
            return None
        case = token.space.case
        case.trace("work", token.space, self.name)
        try:
            results = case.host.work(topic, inputs, case.fired or case.host.now)
        except BpmnError as error:
            throw_error(token, error)
            return None
        store(token, results)
        return True

    def wait_for_worker(self, token: Token, topic: str, inputs: dict[str, Any]) -> None:
        wait = ExternalWait(
            id=str(token.number),
            element=self.name,
            name=self.node.name,
            process=token.space.definition.process_id,
            topic=topic,
            inputs=inputs,
            priority=self.priority(token, "taskPriority"),
        )
        token.space.case.wait(token, wait)


class BusinessRuleTask(ServiceTask):
    """A decision table, or external work like a service task."""

    def perform(self, token: Token) -> bool | None:
        if not self.node.settings.get("decisionRef"):
            return super().perform(token)
        space = token.space
        decision = space.definition.decisions[str(self.value(token, "decisionRef"))]
        mapping = self.node.settings.get("mapDecisionResult", "resultList")
        outcome = decision.evaluate(TokenScope(token), mapping)
        trace_decisions(space, decision.id, outcome)
        if name := self.node.settings.get("resultVariable"):
            store(token, {name: outcome.value})
        return True


def trace_decisions(space: Space, asked: str, outcome: DecisionOutcome) -> None:
    """Record which rows of which tables matched, with their clauses, for the journal and the coverage.

    Only the decision asked for has a result; those it rests on have none of their own.
    """
    decisions = space.definition.decisions
    for table in dict.fromkeys(match.decision_id for match in outcome.matched):
        rules = tuple(match.rule_id for match in outcome.matched if match.decision_id == table)
        clauses = {rule.id: rule.clauses for rule in decisions[table].rules}
        space.case.trace(
            "decision",
            space,
            table,
            rules=rules,
            clauses=tuple(clauses[rule] for rule in rules),
            result=outcome.value if table == asked else None,
        )


class SendTask(ServiceTask):
    """Sends its message; with a topic, like a service task."""

    def perform(self, token: Token) -> bool | None:
        if not self.node.event.value:
            return super().perform(token)
        throw_message(token)
        return True


def throw_message(token: Token) -> None:
    """Hand a message to the host: its payload is what the input parameters name, nothing else."""
    step = token.task_spec
    payload = token.internal_data.get("local") or evaluate_all(step.code.inputs, token)
    token.space.case.thrown.append(
        Thrown(
            kind="message",
            name=step.node.event.value,
            element=step.name,
            payload=dict(payload),
            properties=step.node.properties,
        )
    )


class ReceiveTask(Activity):
    """Waits for its message."""

    def perform(self, token: Token) -> bool | None:
        wait_for_message(token)
        return None

    def fired(self, token: Token, payload: Mapping[str, Value]) -> None:
        lose_race(token)
        super().fired(token, payload)


def lose_race(winner: Token) -> None:
    """The flow to the event that came is the one taken; the others behind the same gateway no longer count."""
    winner = winner.space.tasks.get(winner.internal_data.get("mi", 0), winner)
    race = winner.internal_data.pop("race", None)
    if race is None:
        return
    if via := winner.internal_data.get("via"):
        winner.space.case.trace("flow", winner.space, via)
    for other in winner.space.tokens():
        if other is not winner and other.internal_data.get("race") == race:
            winner.space.case.cancel_token(other)


def wait_for_message(token: Token) -> None:
    node = token.task_spec.node
    wait = MessageWait(
        id=str(token.number),
        element=node.id,
        name=node.name,
        process=token.space.definition.process_id,
        message=node.event.value,
        sent_by=str(token.task_spec.value(token, "sent_by") or ""),
    )
    token.internal_data["message"] = node.event.value
    token.space.case.wait(token, wait)
