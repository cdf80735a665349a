"""What follows from the case: for every verb, what each person may who stands in some relation to a task of it.

The table's rows are the verbs that act on a task or a case; a verb that is missing here fails
``test_choke_point``. The small case: the school's registrar has started it, its head's task is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from service.casework import cases, deployments, disclosure, handing, looking, messages, steering, tasks
from service.casework.actors import Actor
from service.casework.advance import Advanced
from service.casework.context import Office
from service.errors import XuejiError
from service.store.db import transaction
from tests.casework.people import (
    OPERATOR,
    RECEIVING,
    SENDING,
    STUDENT,
    actor,
    rows,
    start,
    task_at,
    world,
)

HEAD = "head"
PEOPLE: dict[str, Callable[[], Actor]] = {
    "own head": lambda: actor(RECEIVING, HEAD),
    "own registrar": lambda: actor(RECEIVING, "registrar"),
    "other party": lambda: actor(SENDING, HEAD),  # settled by the registry: the school of the record
    "superior": lambda: actor(
        "长安区教育局", "officer"
    ),  # of the receiving school; its own step has not come yet
    "province": lambda: actor(
        "河北省教育厅", "officer"
    ),  # above the school of the record, with no part in the case
    "stranger": lambda: actor("金水区第一小学", HEAD),
    "operator": lambda: OPERATOR,
    "nobody": lambda: Actor(id="nobody", username="nobody", name="无人"),
}
Verb = Callable[[Office, Actor, Advanced], object]


def _task(done: Advanced) -> str:
    return str(task_at(done, "receiving_school/approve").id)


def _instance(done: Advanced, who: Actor) -> object:
    with transaction() as connection:
        return looking.instance(connection, who, done.instance)


def _sides(done: Advanced, who: Actor) -> object:
    with transaction() as connection:
        return looking.sides(connection, who, done.case_number)


HEIR = "changan_first_primary.head"
VERBS: dict[str, Verb] = {
    "looking.open_task": lambda office, who, done: looking.open_task(who, _task(done)),
    "looking.instance": lambda office, who, done: _instance(done, who),
    "tasks.claim": lambda office, who, done: tasks.claim(who, _task(done)),
    "tasks.unclaim": lambda office, who, done: tasks.unclaim(who, _task(done)),
    "tasks.complete": lambda office, who, done: tasks.complete(
        office, who, _task(done), {"decision": "approve"}
    ),
    "handing.hand_over": lambda office, who, done: handing.hand_over(
        office, who, handing.Handover(task=_task(done), to=HEIR)
    ),
    "handing.urge": lambda office, who, done: handing.urge(who, done.case_number, "请尽快"),
    "messages.correlate": lambda office, who, done: messages.correlate(
        office, who, messages.Message(name="nothing", case_number=done.case_number)
    ),
    "cases.withdraw": lambda office, who, done: cases.withdraw(office, who, done.instance, "试"),
    "steering.hold": lambda office, who, done: steering.hold(office, who, done.instance, paused=True),
    "steering.set_variables": lambda office, who, done: steering.set_variables(
        office, who, done.instance, {}
    ),
    "disclosure.look": lambda office, who, done: disclosure.look(office, who, _student()),
    "disclosure.reveal": lambda office, who, done: disclosure.reveal(
        office, who, disclosure.Wish(student=_student(), purpose="handle_case", reason="办理转学")
    ),
}

# fmt: off
ORDER = ("own head", "own registrar", "other party", "superior", "province", "stranger", "operator", "nobody")
TABLE = {
    "looking.open_task":      (200, 200, 404, 404, 404, 404, 200, 404),
    "looking.instance":       (200, 200, 200, 404, 404, 404, 200, 404),
    "tasks.claim":            (200, 403, 404, 404, 404, 404, 403, 404),
    "tasks.unclaim":          (409, 409, 404, 404, 404, 404, 409, 404),
    "tasks.complete":         (200, 403, 404, 404, 404, 404, 403, 404),
    "handing.hand_over":      (200, 403, 404, 404, 404, 404, 200, 404),
    "handing.urge":           (200, 200, 200, 404, 404, 404, 200, 404),
    "messages.correlate":     (409, 409, 409, 409, 409, 409, 409, 409),
    "cases.withdraw":         (403, 403, 403, 403, 403, 403, 200, 403),
    "steering.hold":          (403, 403, 403, 403, 403, 403, 200, 403),
    "steering.set_variables": (403, 403, 403, 403, 403, 403, 200, 403),
    "disclosure.look":        (200, 200, 200, 404, 200, 404, 404, 404),
    "disclosure.reveal":      (403, 200, 403, 404, 200, 404, 404, 404),
}
# fmt: on


def _student() -> str:
    return world().student_called(STUDENT).student.id


def outcome(act: Callable[[], object]) -> int:
    try:
        act()
    except XuejiError as error:
        return error.status
    return 200


@pytest.mark.parametrize("verb", VERBS)
def test_every_relation_gets_what_the_table_says(office: Office, verb: str) -> None:
    got = {}
    for name in ORDER:
        done = start(office)
        got[name] = outcome(lambda name=name, done=done: VERBS[verb](office, PEOPLE[name](), done))  # type: ignore[misc]
        tidy(office, done)
    assert got == dict(zip(ORDER, TABLE[verb], strict=True))


def tidy(office: Office, done: Advanced) -> None:
    """End a case, so that the student is free for the next."""
    (row,) = rows("select status from instance where id = :id", id=done.instance)
    if row.status == "paused":
        steering.hold(office, OPERATOR, done.instance, paused=False)
    if row.status != "ended":
        cases.withdraw(office, OPERATOR, done.instance, "下一个")


def test_the_table_has_every_verb() -> None:
    assert set(TABLE) == set(VERBS)
    assert set(ORDER) == set(PEOPLE)


def test_who_is_barred_by_four_eyes_stays_so_with_every_role(office: Office) -> None:
    done = start(office)
    starter = actor(RECEIVING, "registrar")
    both = replace(starter, roles=starter.roles | {(HEAD, "changan_first_primary")})
    for verb in ("tasks.claim", "tasks.complete"):
        assert outcome(lambda verb=verb: VERBS[verb](office, both, done)) == 403  # type: ignore[misc]


def test_standing_in_for_the_one_who_did_the_first_step_is_no_second_pair_of_eyes(office: Office) -> None:
    """The registrar's substitute is barred as the registrar is, and the registrar as substitute of the head."""
    done = start(office)
    unit = "changan_first_primary"
    registrar, head = actor(RECEIVING, "registrar"), actor(RECEIVING, HEAD)
    for person, absent in ((registrar, head.id), (actor(SENDING, HEAD), registrar.id)):
        standing = replace(
            person, roles=person.roles | {(HEAD, unit)}, standing_in=frozenset({(HEAD, unit, absent)})
        )
        assert outcome(lambda standing=standing: VERBS["tasks.complete"](office, standing, done)) == 403  # type: ignore[misc]


def test_a_task_of_another_unit_is_not_known_though_the_case_is(office: Office) -> None:
    done = start(office)
    other = actor(SENDING, HEAD)
    assert outcome(lambda: _instance(done, other)) == 200
    assert outcome(lambda: looking.open_task(other, _task(done))) == 404


def test_the_other_provinces_side_is_not_looked_into(office: Office) -> None:
    """Both sides know the case; the papers of each stay in its province."""
    files = _two_provinces()
    deployments.deploy_upload(office, deployments.Parcel(name="两省", files=files))
    wish = cases.Start(procedure="asking", student=world().student_called(STUDENT).student.id)
    here = actor("金水区第一小学", "registrar")
    done = cases.start(office, here, wish)
    assert messages.deliver_outbox(office) == 1
    sides = rows("select id, region from instance where case_number = :n order by id", n=done.case_number)
    assert [one.region[:2] for one in sides] == ["41", "13"]
    there = actor(SENDING, HEAD)
    with transaction() as connection:
        seen = {
            who.id: [one["id"] for one in looking.sides(connection, who, done.case_number)]
            for who in (here, there)
        }
        assert seen == {here.id: [sides[0].id], there.id: [sides[1].id]}
        assert len(looking.sides(connection, OPERATOR, done.case_number)) == 2
    for who, side in ((here, sides[1]), (there, sides[0])):
        with transaction() as connection:
            assert outcome(lambda who=who, side=side: looking.instance(connection, who, side.id)) == 404  # type: ignore[misc]


def _two_provinces() -> dict[str, bytes]:
    from tests.casework.test_two_sides import ANSWERING, ASKING  # noqa: PLC0415  its diagrams, not its tests
    from tests.engine.sketch import sketch  # noqa: PLC0415

    return {
        "asking.bpmn": sketch(ASKING, "asking", "询问"),
        "answering.bpmn": sketch(ANSWERING, "answering", "答复"),
    }
