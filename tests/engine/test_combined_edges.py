"""Events on edges and undoing combined, as BPMN 2.0 and Camunda 7 say; saved and loaded after every act."""

from __future__ import annotations

from tests.engine.world import Run, World


def tasks(run: Run) -> list[str]:
    return sorted(run.tasks)


def test_a_message_beside_a_repetition_may_come_often_and_each_branch_lives_on_its_own() -> None:
    text = """
    start s
    user a times=2 sequential
    on a boundary note message=note beside
    user noted
    user after
    s -> a -> after
    note -> noted
    """
    run = World(text).start()
    assert run.message("note")
    assert run.message("note")
    run.do("a").do("a")
    assert tasks(run) == ["after", "noted", "noted"]
    assert not run.message("note")


def test_two_timers_and_a_message_on_one_activity_each_do_their_own() -> None:
    text = """
    start s
    user a
    on a boundary soon timer=P1D beside
    on a boundary late timer=P3D
    on a boundary m message=m beside
    user reminded
    user gave_up
    user told
    s -> a
    soon -> reminded
    late -> gave_up
    m -> told
    """
    run = World(text).start().wait(days=1)
    assert run.message("m")
    assert tasks(run) == ["a", "reminded", "told"]
    run.wait(days=2)
    assert tasks(run) == ["gave_up", "reminded", "told"]
    assert not run.message("m")


def test_an_edge_leads_back_to_its_own_activity() -> None:
    text = """
    start s
    xor again
    user a
    on a boundary late timer=P1D
    user warn
    s -> again -> a
    late -> warn -> again
    end e
    a -> e
    """
    run = World(text).start()
    for _ in range(3):
        assert run.wait(days=1).tasks == ["warn"]
        run.do("warn")
    assert run.do("a").completed
    assert run.instance.next_due() is None


def test_an_escalation_may_be_heard_beside_again_and_again_and_the_last_one_interrupts() -> None:
    text = """
    start s
    sub inner
        start i
        xor again
        user u
        throw note escalation=note
        xor g default=more
        throw enough escalation=enough
        user never
        i -> again -> u -> note -> g
        g -> again as more
        g -> enough : ${stop}
        enough -> never
    close
    on inner boundary n escalation=note beside
    on inner boundary e escalation=enough
    user noted
    user out
    s -> inner
    n -> noted
    e -> out
    """
    run = World(text).start().do("u", stop=False).do("u", stop=False).do("u", stop=True)
    assert tasks(run) == ["noted", "noted", "noted", "out"]


def test_an_error_passes_the_nearer_event_with_another_code_and_is_caught_further_out() -> None:
    text = """
    start s
    sub outer
        start o
        sub inner
            start i
            user u
            end bad error=E2
            i -> u -> bad
        close
        on inner boundary b1 error=E1
        user one
        o -> inner
        b1 -> one
    close
    on outer boundary b2 error=E2
    user two
    s -> outer
    b2 -> two
    """
    assert World(text).start().do("u").tasks == ["two"]


def test_an_error_event_subprocess_is_nearer_than_the_edge() -> None:
    text = """
    start s
    sub inner
        start i
        user u
        end bad error=E
        i -> u -> bad
        event_sub es
            start caught error=E
            user inside
            caught -> inside
        close
    close
    on inner boundary b error=E
    user outside
    user after
    s -> inner -> after
    b -> outside
    """
    run = World(text).start().do("u")
    assert run.tasks == ["inside"]
    assert run.do("inside").tasks == ["after"], "a caught error is no longer one: the subprocess is done"


def test_undoing_waits_for_a_handler_that_is_a_subprocess_and_one_that_is_a_call() -> None:
    text = """
    start s
    task one
    on one boundary b1 compensate
    sub undo_one undoes
        start i
        user u
        i -> u
    close
    undo b1 undo_one
    task two
    on two boundary b2 compensate
    call undo_two called=p2 undoes
    undo b2 undo_two
    throw back compensate
    end e
    s -> one -> two -> back -> e
    """
    run = World(text, "start s2\nuser v\ns2 -> v").start()
    assert run.tasks == ["v"]
    assert run.do("v").tasks == ["u"]
    assert run.do("u").completed


def test_a_transaction_inside_a_transaction_undoes_what_the_inner_one_did() -> None:
    text = """
    start s
    transaction outer
        start o
        transaction inner
            start i
            work book topic=registry.book
            on book boundary b compensate
            work forget topic=registry.forget undoes
            undo b forget
            i -> book
        close
        user u
        end no cancel
        o -> inner -> u -> no
    close
    on outer boundary c cancel
    user out
    s -> outer
    c -> out
    """
    world = World(text)
    assert world.start().do("u").tasks == ["out"]
    assert [topic for topic, _ in world.done] == ["registry.book", "registry.forget"]


def test_an_interrupted_undoing_goes_no_further() -> None:
    text = """
    start s
    sub inner
        start i
        task one
        on one boundary b1 compensate
        user undo_one undoes
        undo b1 undo_one
        task two
        on two boundary b2 compensate
        user undo_two undoes
        undo b2 undo_two
        throw back compensate
        user never
        i -> one -> two -> back -> never
    close
    on inner boundary late timer=P1D
    user out
    s -> inner
    late -> out
    """
    run = World(text).start()
    assert run.tasks == ["undo_two"]
    assert run.wait(days=1).tasks == ["out"]
    assert run.do("out").completed


def test_terminate_ends_an_undoing_begun_in_an_event_subprocess() -> None:
    text = """
    start s
    task one
    on one boundary b1 compensate
    user undo_one undoes
    undo b1 undo_one
    user main
    s -> one -> main
    event_sub es
        start m message=m beside
        and f
        throw back compensate
        user stop
        end all terminate
        m -> f
        f -> back
        f -> stop -> all
    close
    """
    run = World(text).start()
    assert run.message("m")
    assert tasks(run) == ["main", "stop", "undo_one"]
    assert tasks(run.do("stop")) == ["main"]


def test_undoing_in_a_parallel_branch_leaves_the_others_alone() -> None:
    text = """
    start s
    task one
    on one boundary b1 compensate
    user undo_one undoes
    undo b1 undo_one
    and f
    throw back compensate
    user beside
    and j
    end e
    s -> one -> f
    f -> back -> j
    f -> beside -> j
    j -> e
    """
    run = World(text).start()
    assert tasks(run) == ["beside", "undo_one"]
    assert run.do("undo_one").do("beside").completed
