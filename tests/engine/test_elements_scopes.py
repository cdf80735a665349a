"""Subprocesses, calls, transactions and compensation beyond the plain case."""

from __future__ import annotations

from service.engine import compile_files
from tests.engine.sketch import sketch
from tests.engine.world import World


def test_a_subprocess_without_a_start_event_begins_wherever_nothing_leads_to() -> None:
    text = """
    start s
    sub inner
        user a
        user b
        user c
        a -> c
    close
    user after
    s -> inner -> after
    """
    run = World(text).start()
    assert run.tasks == ["a", "b"]
    assert run.do("b").do("a").tasks == ["c"]
    assert run.do("c").tasks == ["after"]


def test_links_lead_on_inside_their_own_subprocess() -> None:
    text = """
    start s
    sub inner
        start i
        xor g default=d
        throw one link=A
        throw two link=A
        catch there link=A
        user a
        i -> g
        g -> one : ${x}
        g -> two as d
        there -> a
    close
    user after
    s -> inner -> after
    """
    assert World(text).start(x=True).tasks == ["a"]
    assert World(text).start(x=False).do("a").tasks == ["after"]


def test_the_called_process_may_be_chosen_by_an_expression() -> None:
    text = """
    start s
    call c called=${which}
    user after
    s -> c -> after
    """
    second, third = "start s2\nuser a\ns2 -> a", "start s3\nuser b\ns3 -> b"
    run = World(text, second, third).start(which="p3")
    assert run.tasks == ["b"]
    assert run.do("b").tasks == ["after"]


def test_all_variables_go_in_and_come_back() -> None:
    text = """
    start s
    call c called=p2 in=*:all out=*:all each="item in people"
    xor g default=no
    user yes
    user no_
    s -> c -> g
    g -> yes : ${verdict == 'fine'}
    g -> no_ as no
    """
    called = """
    start s2
    user a assignee=${person}${item}
    s2 -> a
    """
    run = World(text, called).start(person="li", people=["x"])
    assert run.open[run.find("a")].assignee == "lix", "what is local where the call stands goes along"
    assert run.do("a", verdict="fine").tasks == ["yes"]


def test_a_business_key_handed_to_a_call_changes_nothing() -> None:
    text = """
    start s
    call c called=p2 in=#:key
    s -> c
    """
    called = "start s2\nuser a\ns2 -> a"
    assert World(text, called).start().tasks == ["a"]


TRANSACTION = """
start s
sub outer
    start o
    transaction t
        start i
        and fork
        user a
        on a boundary undo_a compensate
        work undo_work topic=registry.undo undoes
        undo undo_a undo_work
        user b
        user c
        end stop cancel
        i -> fork
        fork -> a
        fork -> b
        fork -> c -> stop
    close
    on t boundary cancelled cancel
    user normal
    user after
    o -> t -> normal
    cancelled -> after
close
user last
s -> outer -> last
"""


def test_a_cancel_ends_what_runs_and_undoes_what_is_done_of_its_transaction_only() -> None:
    world = World(TRANSACTION)
    run = world.start().do("a").do("c")
    assert [topic for topic, _ in world.done] == ["registry.undo"]
    assert run.tasks == ["after"]
    assert run.do("after").tasks == ["last"]


def test_a_transaction_nobody_cancels_is_a_subprocess() -> None:
    text = TRANSACTION.replace("end stop cancel", "end stop")
    world = World(text)
    assert world.start().do("a").do("b").do("c").tasks == ["normal"]
    assert world.done == []


def test_an_error_leaves_a_transaction_without_undoing() -> None:
    text = TRANSACTION.replace("end stop cancel", "end stop error=E").replace(
        "boundary cancelled cancel", "boundary cancelled error=E"
    )
    world = World(text)
    assert world.start().do("a").do("c").tasks == ["after"]
    assert world.done == []


def test_a_cancel_waits_for_people_who_undo() -> None:
    text = TRANSACTION.replace("work undo_work topic=registry.undo undoes", "user undo_work undoes")
    run = World(text).start().do("a").do("c")
    assert run.tasks == ["undo_work"]
    assert run.do("undo_work").tasks == ["after"]


def test_an_event_subprocess_inside_a_subprocess_ends_only_that() -> None:
    text = """
    start s
    and fork
    sub inner
        start i
        user a
        event_sub stop
            start due timer=P1D
            user clean
            due -> clean
        close
        i -> a
    close
    user beside
    user after
    s -> fork
    fork -> inner -> after
    fork -> beside
    """
    run = World(text).start().wait(days=1)
    assert sorted(run.tasks) == ["beside", "clean"]
    assert sorted(run.do("clean").tasks) == ["after", "beside"]


def test_a_cycle_starts_an_event_subprocess_again_and_again() -> None:
    text = """
    start s
    user a
    event_sub remind
        start due cycle timer=R3/P1D beside
        work note topic=registry.note
        due -> note
    close
    s -> a
    """
    world = World(text)
    run = world.start().wait(days=10)
    assert len(world.done) == 3
    assert run.do("a").completed


def test_artefacts_lanes_and_pools_change_nothing() -> None:
    text = """
    start s
    user a
    s -> a
    """
    world = World(text)
    drawn = sketch(text).replace(
        b"</bpmn:process>",
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="学校"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
        "</bpmn:laneSet>"
        '<bpmn:dataObject id="d1" /><bpmn:dataObjectReference id="d2" dataObjectRef="d1" />'
        '<bpmn:textAnnotation id="t1"><bpmn:text>注</bpmn:text></bpmn:textAnnotation><bpmn:group id="g1" />'
        '<bpmn:association id="as1" sourceRef="a" targetRef="t1" /></bpmn:process>'
        '<bpmn:collaboration id="c"><bpmn:participant id="pool" name="转学" processRef="p" />'
        "</bpmn:collaboration>".encode(),
    )
    (definition,) = compile_files({"p.bpmn": drawn}, "p.bpmn", digest="digest-p")
    world.definitions["p"] = definition
    run = world.start()
    assert run.tasks == ["a"]
    assert definition.nodes["a"].lane == "学校"
    assert definition.name == "转学"
    assert run.do("a").completed
