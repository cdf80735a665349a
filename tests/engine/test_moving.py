"""What a move keeps, arms and disarms, and what it refuses, each with the sentence that names the element."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.engine import Unfit
from tests.engine.versions import Versions, dues, moved, restarted
from tests.engine.world import START, Run

PLAIN = """
start s
user check name=核办 groups=officer@sending_authority due=P5D
user later name=复核 groups=officer@sending_authority
end e
s -> check -> later -> e
"""
FORK = """
start s
and split name=分办
user a
user b
and join name=汇合
end e
s -> split
split -> a
split -> b
a -> join
b -> join
join -> e
"""


def start(text: str, *more: str, **variables: Any) -> tuple[Versions, Run]:
    world = Versions(text, *more)
    return world, world.start(**variables)


def refusal(run: Run, world: Versions, text: str, **elements: str) -> str:
    """Why a run must stay; it is as it was."""
    before = run.instance.save()
    with pytest.raises(Unfit) as caught:
        moved(run, world.edit(text), **elements)
    assert run.instance.save() == before
    return "；".join(f"{problem.where}:{problem.message}" for problem in caught.value.problems)


def test_a_task_keeps_its_number_and_takes_its_new_name() -> None:
    world, run = start(PLAIN)
    number = run.find("check")
    done = moved(
        run, world.edit(PLAIN.replace("name=核办", "name=初核").replace("officer@s", "responsible@s"))
    )
    (wait,) = done.retold
    assert (wait.id, wait.name, wait.groups) == (number, "初核", ("responsible@sending_authority",))  # type: ignore[attr-defined]
    assert done.effects == ()
    run.do("check").do("later")
    assert run.completed


def test_a_step_added_ahead_is_taken() -> None:
    world, run = start(PLAIN)
    moved(
        run,
        world.edit(PLAIN.replace("end e", "user third\nend e").replace("later -> e", "later -> third -> e")),
    )
    run.do("check").do("later")
    assert run.tasks == ["third"]


def test_a_step_that_is_gone_holds_the_case_back_until_it_is_mapped() -> None:
    world, run = start(PLAIN)
    renamed = PLAIN.replace("check", "first_check")
    assert "check:“核办”（check）在新图中没有了，而本办件正停在这里" in refusal(run, world, renamed)
    number = run.find("check")
    done = moved(run, world.edit(renamed), check="first_check")
    assert [(one.kind, one.was, one.element) for one in done.effects] == [("renamed", "check", "first_check")]
    assert run.find("first_check") == number
    run.do("first_check").do("later")
    assert run.completed


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("work check topic=outside", "由用户任务变成了服务任务"),
        ("user check times=2", "多实例"),
    ],
)
def test_what_the_step_is_must_stay(other: str, reason: str) -> None:
    world, run = start("start s\nuser check\nend e\ns -> check -> e")
    assert reason in refusal(run, world, f"start s\n{other}\nend e\ns -> check -> e")


def test_deadlines_are_kept_to_the_millisecond_though_the_diagram_says_otherwise() -> None:
    text = PLAIN + "on check boundary limit timer=P10D beside\nuser urge\nend done\nlimit -> urge -> done\n"
    world, run = start(text)
    world.now += timedelta(days=3, milliseconds=123)
    before = dues(run.instance)
    moved(run, world.edit(text.replace("P10D", "P30D")))
    assert dues(run.instance) == before
    done = restarted(run, world.edit(text.replace("P10D", "P30D") + "\n"), "limit")
    assert [effect.kind for effect in done.effects] == ["restarted"]
    assert list(dues(run.instance).values()) == [int((world.now + timedelta(days=30)).timestamp() * 1000)]


def test_a_new_boundary_timer_is_armed_from_now_and_one_that_is_gone_disarmed() -> None:
    with_timer = PLAIN + "on check boundary limit timer=P10D beside\nend late\nlimit -> late\n"
    world, run = start(PLAIN)
    world.now += timedelta(days=2)
    done = moved(run, world.edit(with_timer))
    (effect,) = done.effects
    assert (effect.kind, effect.element, effect.trigger) == ("armed", "limit", "timer")
    assert effect.due == START + timedelta(days=12)
    assert [wait.element for wait in run.open.values()] == ["check", "limit"]
    done = moved(run, world.edit(PLAIN + "\n"))
    assert [(one.kind, one.element) for one in done.effects] == [("disarmed", "limit")]
    assert [wait.element for wait in run.open.values()] == ["check"]


def test_a_boundary_timer_that_has_fired_is_not_armed_again() -> None:
    text = PLAIN + "on check boundary limit timer=P1D beside\nend late\nlimit -> late\n"
    world, run = start(text)
    run.wait(days=2)
    done = moved(run, world.edit(text.replace("name=核办", "name=初核")))
    assert done.effects == ()
    assert dues(run.instance) == {}


def test_an_event_subprocess_is_armed_for_the_whole_case() -> None:
    more = "event_sub purge\nstart after timer=P90D\nend purged\nafter -> purged\nclose\n"
    world, run = start(PLAIN)
    done = moved(run, world.edit(PLAIN + more))
    assert [(one.kind, one.element, one.trigger) for one in done.effects] == [("armed", "after", "timer")]
    run.wait(days=91)
    assert run.completed


def test_a_message_takes_its_new_name() -> None:
    text = "start s\ncatch answer message=first\nend e\ns -> answer -> e"
    world, run = start(text)
    done = moved(run, world.edit(text.replace("first", "second")))
    assert [getattr(wait, "message", "") for wait in done.retold] == ["second"]
    assert not run.message("first")
    assert run.message("second")
    assert run.completed


def test_a_third_branch_of_a_fork_that_is_passed_holds_the_case_back() -> None:
    third = FORK.replace("user b", "user b\nuser c").replace("b -> join", "b -> join\nsplit -> c\nc -> join")
    world, run = start(FORK)
    reasons = refusal(run, world, third)
    assert "split:本办件已经走过分支处“分办”、各分支还在办理，新图中它的分支不一样了" in reasons
    assert "会一直等不齐各条分支" in reasons
    run.do("a")
    assert "会一直等不齐" in refusal(run, world, third + "\n")


def test_a_branch_that_waits_at_a_join_must_find_its_way_there() -> None:
    other = FORK.replace("a -> join", "a -> own_end").replace("end e", "end e\nend own_end")
    world, run = start(FORK)
    run.do("a")
    assert "join:本办件有分支在汇合网关“汇合”（join）等待" in refusal(run, world, other)


def test_a_task_put_before_the_join_lets_the_waiting_branch_stay() -> None:
    longer = FORK.replace("user b", "user b\nuser more").replace("b -> join", "b -> more -> join")
    world, run = start(FORK)
    run.do("a")
    moved(run, world.edit(longer))
    run.do("b").do("more")
    assert run.completed


def test_a_fork_that_lies_ahead_may_change() -> None:
    text = FORK.replace("s -> split", "user first\ns -> first -> split")
    third = text.replace("user b", "user b\nuser c").replace("b -> join", "b -> join\nsplit -> c\nc -> join")
    world, run = start(text)
    moved(run, world.edit(third))
    run.do("first").do("a").do("b").do("c")
    assert run.completed


def test_what_would_be_done_twice_without_the_join_holds_the_case_back() -> None:
    text = FORK.replace("end e", "user last name=办结\nend e").replace("join -> e", "join -> last -> e")
    world, run = start(text)
    merged = text.replace("and join", "xor other").replace("join", "other")
    assert "last:移到新图后，会有两条分支同时走到“办结”，把同一步办两遍" in refusal(run, world, merged)


def test_a_race_keeps_its_events() -> None:
    text = """
    start s
    event gate name=等谁
    catch yes message=yes
    catch no message=no
    end e
    s -> gate
    gate -> yes -> e
    gate -> no -> e
    """
    other = text.replace("catch no message=no", "catch no message=no\ncatch late timer=P3D").replace(
        "gate -> no -> e", "gate -> no -> e\ngate -> late -> e"
    )
    world, run = start(text)
    assert "gate:本办件正在事件网关“等谁”等待，新图中它等待的事件不一样了" in refusal(run, world, other)


def test_a_case_inside_a_subprocess_stays_in_it() -> None:
    text = (
        "start s\nsub inner\nstart s2\nuser check\nend e2\ns2 -> check -> e2\nclose\nend e\ns -> inner -> e"
    )
    outside = "start s\nuser check\nend e\ns -> check -> e"
    world, run = start(text)
    reasons = refusal(run, world, outside)
    assert "inner:“inner”在新图中没有了" in reasons
    timer = text.replace("end e2", "end e2\non check boundary limit timer=P1D\nlimit -> e2")
    moved(run, world.edit(timer))
    run.wait(days=2)
    assert run.completed


def test_a_called_process_takes_the_version_in_force_and_what_it_is_handed_now() -> None:
    calling = 'start s\ncall c called=p2 "in=first:${role}" out=decision:decision\nend e\ns -> c -> e'
    called = "start s2\nuser check\nend e2\ns2 -> check -> e2"
    world, run = start(calling, called, role="officer")
    new_called = called.replace("end e2", 'user again "groups=${first}@unit"\nend e2').replace(
        "check -> e2", "check -> again -> e2"
    )
    world.edit(new_called, "p2")
    done = moved(run, world.edit(calling + "\n"))
    assert ("version", "p2") in [(one.kind, one.element) for one in done.effects]
    run.do("check")
    assert run.open[run.find("again")].groups == ("officer@unit",)


def test_a_call_of_another_process_holds_the_case_back() -> None:
    calling = "start s\ncall c called=p2\nend e\ns -> c -> e"
    called = "start s2\nuser check\nend e2\ns2 -> check -> e2"
    world, run = start(calling, called, called.replace("check", "other"))
    assert "改为调用流程 p3" in refusal(run, world, calling.replace("p2", "p3"))


def test_what_was_submitted_and_only_the_new_diagram_reads_becomes_a_variable() -> None:
    text = "start s\nuser check\nend e\ns -> check -> e"
    world, run = start(text, reason="moved")
    assert "reason" not in run.variables
    asking = """
    start s
    user check
    xor why default=no
    end e
    end other
    s -> check -> why
    why -> e : ${reason == 'moved'}
    why -> other as no
    """
    moved(run, world.edit(asking), values={"reason": "moved", "remark": "nobody asks"})
    assert dict(run.variables) == {"reason": "moved"}
    run.do("check")
    assert run.end == "e"


def test_what_may_have_to_be_undone_must_know_its_handler() -> None:
    text = """
    start s
    user book
    on book boundary undo_book compensate
    user unbook undoes
    undo undo_book unbook
    user check
    throw back compensate
    end e
    s -> book -> check -> back -> e
    """
    world, run = start(text)
    run.do("book")
    without = "start s\nuser check\nthrow back compensate\nend e\ns -> check -> back -> e"
    assert "book:“book”已经办结、之后可能要补偿，在新图中却没有了" in refusal(run, world, without)
    moved(run, world.edit(text.replace("user check", "user check name=核")))
    run.do("check")
    assert run.tasks == ["unbook"]


def test_repetitions_go_on_where_they_are() -> None:
    text = "start s\nuser vote times=3\nend e\ns -> vote -> e"
    world, run = start(text)
    run.do("vote")
    moved(
        run, world.edit(text.replace("end e", "user count\nend e").replace("vote -> e", "vote -> count -> e"))
    )
    run.do("vote").do("vote").do("count")
    assert run.completed
