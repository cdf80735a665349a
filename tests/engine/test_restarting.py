"""Taking a case back to a step it has been at, and putting it where an operator says."""

from __future__ import annotations

import pytest

from service.engine import Change, modify, restart, steps
from service.errors import Conflict, NotFound
from tests.engine.world import Run, World

TEXT = """
start s
user apply
xor g default=small
sub big name=大件
start s2
user first
user second
end e2
s2 -> first -> second -> e2
close
user review
end e
event_sub purge
start after timer=P90D
end purged
after -> purged
close
s -> apply -> g
g -> big : ${size == 'big'}
g -> review as small
big -> review -> e
"""


def again(run: Run, element: str) -> Run:
    restart(run.instance, element)
    run._settle()
    return run


def change(run: Run, *changes: Change) -> Run:
    modify(run.instance, changes)
    run._settle()
    return run


def test_a_case_goes_back_with_the_variables_of_the_first_time() -> None:
    run = World(TEXT).start(size="unknown")
    due = run.instance.next_due()
    run.do("apply", size="big").do("first").set(size="small")
    assert run.tasks == ["second"]
    again(run, "apply")
    assert run.tasks == ["apply"]
    assert dict(run.variables) == {"size": "unknown"}
    assert run.instance.next_due() == due, "the limit over the whole case goes on"
    run.do("apply", size="small").do("review")
    assert run.completed


def test_a_step_in_a_subprocess_is_entered_through_it() -> None:
    run = World(TEXT).start(size="unknown")
    run.do("apply", size="big").do("first").do("second")
    assert run.tasks == ["review"]
    again(run, "second")
    assert run.tasks == ["second"]
    assert [place.element for place in run.instance.whereabouts()] == ["big", "second"]
    run.do("second").do("review")
    assert run.completed


def test_the_steps_on_offer_are_those_the_case_has_been_at() -> None:
    run = World(TEXT).start(size="big")
    run.do("apply")
    assert [node.id for node in steps(run.instance)] == ["apply", "big", "first"]
    with pytest.raises(Conflict, match="没有到过“review”"):
        restart(run.instance, "review")
    with pytest.raises(NotFound, match="没有元素“nowhere”"):
        restart(run.instance, "nowhere")


def test_what_is_remembered_does_not_grow_in_a_loop() -> None:
    text = """
    start s
    user ask
    xor g default=on
    end e
    s -> ask -> g
    g -> ask : ${more}
    g -> e as on
    """
    run = World(text).start()
    sizes = [len(run.do("ask", more=True).instance.save()) for _ in range(5)]
    assert sizes[-1] <= sizes[0] + 2, "longer numbers only"
    assert list(run.instance.case.first_reached) == ["ask"]


def test_after_an_interrupting_event_subprocess_its_timer_is_set_again() -> None:
    text = TEXT.replace("end purged\nafter -> purged", "user clear\nend purged\nafter -> clear -> purged")
    run = World(text).start(size="small")
    run.wait(days=90)
    assert run.tasks == ["clear"]
    again(run, "apply")
    assert run.tasks == ["apply"]
    run.wait(days=90)
    assert run.tasks == ["clear"]


def test_instructions_end_and_put_tokens() -> None:
    run = World(TEXT).start(size="big")
    change(run, Change(kind="cancel", element="apply"), Change(kind="before", element="second"))
    assert run.tasks == ["second"]
    change(run, Change(kind="before", element="first"))
    assert sorted(run.tasks) == ["first", "second"], "into the subprocess that runs"
    change(run, Change(kind="cancel", element="first"), Change(kind="cancel", element="second"),
           Change(kind="after", element="big"))  # fmt: skip
    assert run.tasks == ["review"]
    assert [place.element for place in run.instance.whereabouts()] == ["review"], (
        "nothing of the subprocess is left"
    )
    run.do("review")
    assert run.completed


def test_a_flow_is_taken_and_a_token_is_chosen_by_its_number() -> None:
    run = World(TEXT).start(size="big")
    change(run, Change(kind="cancel", token=run.find("apply")), Change(kind="flow", element="small"))
    assert run.tasks == ["review"]


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ([Change(kind="cancel", element="apply")], "没有任何步骤在办"),
        ([Change(kind="cancel", element="review")], "没有停在“review”"),
        ([Change(kind="before", element="nowhere")], "没有元素“nowhere”"),
        ([Change(kind="before", element="purged")], "事件子流程"),
        ([Change(kind="before", element="purge")], "由事件引发"),
        ([Change(kind="flow", element="none")], "没有顺序流“none”"),
    ],
)
def test_what_cannot_be_done_says_why(wish: list[Change], reason: str) -> None:
    run = World(TEXT).start(size="big")
    with pytest.raises((Conflict, NotFound), match=reason):
        modify(run.instance, wish)
