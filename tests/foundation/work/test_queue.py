"""Background work: in the transaction that asks for it, tried again, taken up again, given up in sight."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from havenline.foundation import moment
from havenline.foundation.work import queries, queue
from havenline.foundation.work.models import Worker

pytestmark = pytest.mark.django_db

ran: list[str] = []


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    ran.clear()


@task
def note(word: str) -> None:
    ran.append(word)


@task
def fail_with(secret: str) -> None:
    raise ConnectionError("the mail server does not answer")


@task(takes_context=True)
def note_attempt(context: object, word: str) -> None:
    ran.append(word)


def the_task() -> DBTaskResult:
    return DBTaskResult.objects.get()


def test_a_task_vanishes_with_the_transaction_that_asked_for_it() -> None:
    with transaction.atomic():
        note.enqueue("never")
        transaction.set_rollback(True)
    assert queue.drain() == 0
    assert ran == []


def test_a_task_runs_once_and_is_done() -> None:
    note.enqueue("once")
    assert (queue.drain(), queue.drain()) == (1, 0)
    assert ran == ["once"]
    assert the_task().status == TaskResultStatus.SUCCESSFUL


def test_a_task_may_ask_for_its_context() -> None:
    note_attempt.enqueue("with context")
    queue.drain()
    assert ran == ["with context"]


def test_a_task_that_fails_waits_twice_as_long_each_time() -> None:
    fail_with.enqueue("x")
    start = moment.now()
    pauses = []
    with moment.standing_at(start):
        queue.drain()
        pauses.append(the_task().run_after - start)
    with moment.standing_at(start + timedelta(minutes=1)):
        queue.drain()
        pauses.append(the_task().run_after - start - timedelta(minutes=1))
    assert pauses == [timedelta(seconds=5), timedelta(seconds=10)]


def test_a_task_that_waits_for_its_next_attempt_is_not_run_before() -> None:
    fail_with.enqueue("x")
    queue.drain()
    assert queue.drain() == 0


def give_up() -> DBTaskResult:
    fail_with.enqueue("a sealed word")
    at = moment.now()
    for _attempt in range(queue.ATTEMPTS):
        with moment.standing_at(at):
            queue.drain()
        at += timedelta(hours=1)
    return the_task()


def test_a_task_gives_up_after_eight_attempts_and_says_why() -> None:
    given_up = give_up()
    assert (given_up.status, len(given_up.worker_ids)) == (TaskResultStatus.FAILED, queue.ATTEMPTS)
    assert given_up.traceback == "ConnectionError: the mail server does not answer"


def test_the_reason_of_a_failure_holds_no_argument() -> None:
    assert "sealed word" not in give_up().traceback


def test_what_a_dead_worker_left_is_taken_up_again() -> None:
    note.enqueue("again")
    Worker.objects.create(id="dead", started_at=moment.now(), seen_at=moment.now() - timedelta(minutes=2))
    assert queue.take("dead") is not None
    assert queue.take_up_again() == 1
    with moment.standing_at(moment.now() + timedelta(seconds=6)):
        queue.drain()
    assert ran == ["again"]


def test_a_worker_that_lives_keeps_its_task() -> None:
    note.enqueue("mine")
    Worker.objects.create(id="alive", started_at=moment.now(), seen_at=moment.now())
    assert queue.take("alive") is not None
    assert queue.take_up_again() == 0
    assert the_task().status == TaskResultStatus.RUNNING


def test_a_task_that_ends_its_worker_each_time_gives_up_in_the_end() -> None:
    note.enqueue("poison")
    at = moment.now()
    for number in range(queue.ATTEMPTS):
        with moment.standing_at(at):
            assert queue.take(f"dead {number}") is not None
            queue.take_up_again()
        at += timedelta(hours=1)
    assert the_task().status == TaskResultStatus.FAILED
    assert "WorkerDied" in the_task().traceback


def test_a_task_of_code_that_is_gone_gives_up_in_sight() -> None:
    note.enqueue("gone")
    DBTaskResult.objects.update(task_path="havenline.foundation.work.tasks.no_such_task")
    queue.drain()
    assert "ImportError" in the_task().traceback


def test_what_failed_while_the_clock_stood_a_day_ahead_is_tried_again_at_once_when_it_is_right() -> None:
    fail_with.enqueue("x")
    with moment.standing_at(moment.now() + timedelta(days=1)):
        queue.drain()
    assert queue.drain() == 1
    assert the_task().run_after < moment.now() + timedelta(minutes=1)


def test_a_task_for_a_later_moment_waits_for_it_whatever_was_tried() -> None:
    note.using(run_after=moment.now() + timedelta(minutes=1)).enqueue("later")
    assert queue.drain() == 0


def test_a_worker_that_died_while_the_clock_stood_a_day_ahead_is_found_out_within_a_minute() -> None:
    note.enqueue("again")
    Worker.objects.create(id="dead", started_at=moment.now(), seen_at=moment.now() + timedelta(days=1))
    assert queue.take("dead") is not None
    assert list(queries.living_workers()) == []
    assert queue.take_up_again() == 0  # it may live, and will say so within seconds
    with moment.standing_at(moment.now() + timedelta(minutes=2)):
        assert queue.take_up_again() == 1


def test_a_worker_that_was_taken_for_dead_does_not_say_how_the_task_of_another_ended() -> None:
    fail_with.enqueue("x")
    frozen = queue.take("frozen")
    assert frozen is not None
    with moment.standing_at(moment.now() + timedelta(minutes=2)):
        assert queue.take_up_again() == 1
    with moment.standing_at(moment.now() + timedelta(minutes=3)):
        other = queue.take("other")
        assert other is not None
        queue.run(frozen)  # it thaws, and fails
        assert (the_task().status, the_task().worker_ids) == (TaskResultStatus.RUNNING, ["frozen", "other"])
        queue.run(other)
    assert the_task().status == TaskResultStatus.READY


def test_a_worker_that_was_asked_to_end_takes_no_further_task() -> None:
    note.enqueue("first")
    note.enqueue("second")
    assert queue.work_off("ending", ended=lambda: bool(ran)) == 1
    assert ran == ["first"]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_reach_for_one_task_one_has_it() -> None:
    tasks, workers = 12, 4
    for number in range(tasks):
        note.enqueue(str(number))
    start = threading.Barrier(workers)
    taken: list[str] = []

    def work(name: str) -> None:
        start.wait()
        try:
            while (task := queue.take(name)) is not None:
                taken.append(str(task.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == sorted(str(pk) for pk in DBTaskResult.objects.values_list("pk", flat=True))
    assert {len(one) for one in DBTaskResult.objects.values_list("worker_ids", flat=True)} == {1}
