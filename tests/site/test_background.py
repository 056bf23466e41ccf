"""The administrator's screen: everything that could not go on by itself, and the way to try it again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Membership
from havenline.foundation.post import actions as post
from havenline.foundation.work import queue, rounds
from tests.foundation.post.mail_server import mail_server

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


@task
def always_fails(word: str) -> None:
    raise OSError("the disk is full")


@pytest.fixture
def given_up() -> DBTaskResult:
    always_fails.enqueue("secret-word")
    at = moment.now()
    for hours in range(queue.ATTEMPTS):
        with moment.standing_at(at + timedelta(hours=hours)):
            queue.drain()
    return DBTaskResult.objects.get(status=TaskResultStatus.FAILED)


def test_what_has_given_up_is_shown_with_its_reason_and_no_argument(
    signed_in: SignIn, administrator: Membership, given_up: DBTaskResult
) -> None:
    page = signed_in(administrator).get(reverse("work:tasks")).content.decode()
    assert "Always fails" in page
    assert "the disk is full" in page
    assert "secret-word" not in page


def test_a_task_that_has_given_up_is_tried_again(signed_in: SignIn, administrator: Membership, given_up: DBTaskResult) -> None:
    signed_in(administrator).post(reverse("work:try_again", args=[given_up.pk]))
    given_up.refresh_from_db()
    assert (given_up.status, given_up.worker_ids) == (TaskResultStatus.READY, [])


def test_a_stale_page_says_that_it_is_tried_again_by_now(signed_in: SignIn, administrator: Membership, given_up: DBTaskResult) -> None:
    browser = signed_in(administrator)
    browser.post(reverse("work:try_again", args=[given_up.pk]))
    page = browser.post(reverse("work:try_again", args=[given_up.pk]), follow=True).content.decode()
    assert "Nothing was changed" in page


def test_a_letter_that_failed_is_shown_with_the_servers_answer_and_sent_again(signed_in: SignIn, administrator: Membership) -> None:
    letter = post.queue_letter(to="kit@care.example", subject="A message waits", body="Something waits.", why="test", by=INSTALLATION)
    with mail_server("550 No such mailbox"):
        queue.drain()
    browser = signed_in(administrator)
    assert "550 No such mailbox" in browser.get(reverse("work:tasks")).content.decode()
    browser.post(reverse("work:try_letter_again", args=[letter.pk]))
    with mail_server() as server:
        queue.drain()
    assert len(server.letters) == 1


def test_a_dead_worker_is_said(signed_in: SignIn, administrator: Membership) -> None:
    assert "No worker is alive." in signed_in(administrator).get(reverse("work:tasks")).content.decode()


def test_the_screen_does_not_exist_for_those_who_see_cases(signed_in: SignIn, analyst: Membership) -> None:
    assert signed_in(analyst).get(reverse("work:tasks")).status_code == 404


def test_each_round_says_what_it_is_for(signed_in: SignIn, administrator: Membership) -> None:
    rounds.run_due()
    page = signed_in(administrator).get(reverse("work:tasks")).content.decode()
    assert "Sign a checkpoint" in page
    assert "from here on it cannot be taken back without breaking a promise" in page
    assert {duty.name for duty in rounds.DUTIES.values() if not duty.does.__doc__} == set()
