"""Every hand-over under every fault: the receiver has nobody, the mail server is down, nobody answers, a process dies on the way."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks import queries as clock_queries
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover import queries, tasks
from havenline.foundation.handover.events import handover_sent
from havenline.foundation.handover.models import HandOver, HandOverStep, State
from havenline.foundation.handover.purposes import DANGER_NOW, PURPOSES, Purpose
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import ROLES_OF, SUPERVISORS
from havenline.foundation.post import queries as post_queries
from havenline.foundation.post.models import Letter
from havenline.foundation.work import queue
from tests import factories
from tests.foundation.post.mail_server import no_mail_server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]


@dataclass
class Path:
    """One hand-over of one purpose from the hotline, with a person who sends it."""

    purpose: Purpose
    sender: Membership
    to: Agency
    hand_over: HandOver

    def send(self) -> HandOver:
        return handover.send(hand_over=self.hand_over, by=None if self.purpose is DANGER_NOW else self.sender)

    def somebody_to_receive_it(self) -> Membership:
        role = next(role for role in self.purpose.received_by if role in ROLES_OF[self.purpose.to])
        return factories.member(role, self.to, team=self.purpose.team)


@pytest.fixture(params=list(PURPOSES))
def path(request: pytest.FixtureRequest) -> Path:
    purpose = PURPOSES[request.param]
    here, to = factories.agency("hotline"), factories.agency(purpose.to, "The receiver")
    sender = factories.member("analyst", here)
    return Path(purpose, sender, to, factories.hand_over(purpose=purpose, of=here, to=to))


def test_with_nobody_to_receive_it_sender_and_administrator_see_so_until_somebody_is_there(path: Path) -> None:
    sent = path.send()
    assert sent.state == State.SENT
    assert queries.undelivered(by=path.sender).get() == sent
    assert path.to in queries.agencies_with_nobody()
    path.somebody_to_receive_it()
    tasks.deliver_what_reached_nobody()
    sent.refresh_from_db()
    assert (sent.state, sent.problem) == (State.DELIVERED, "")
    assert not queries.undelivered(by=path.sender).exists()


def test_when_whoever_could_receive_it_leaves_before_taking_it_up_it_is_an_error_again(path: Path, administrator: Membership) -> None:
    receiver = path.somebody_to_receive_it()
    sent = path.send()
    people.deactivate(person=receiver.person, by=administrator)
    tasks.deliver_what_reached_nobody()
    assert queries.undelivered(by=path.sender).get() == sent
    assert path.to in queries.agencies_with_nobody()


def test_without_a_mail_server_it_stands_in_the_tray_and_its_letter_on_the_administrators_screen(
    path: Path, administrator: Membership
) -> None:
    receiver = path.somebody_to_receive_it()
    sent = path.send()
    with no_mail_server():
        for hours in range(12):
            with moment.standing_at(moment.now() + timedelta(hours=hours)):
                queue.drain()
    assert queries.received(by=receiver).get() == sent
    assert [letter.to for letter in post_queries.ended_badly(by=administrator)] == [receiver.person.email]
    assert Letter.objects.get().state == Letter.State.FAILED


def test_taken_up_by_nobody_it_is_raised_to_the_supervisors_of_both_sides(path: Path) -> None:
    path.somebody_to_receive_it()
    supervisors = [factories.member(SUPERVISORS[agency.kind], agency) for agency in (path.sender.agency, path.to)]
    path.send()
    with moment.standing_at(moment.now() + timedelta(days=9)):
        tasks.raise_late_hand_overs()
        for supervisor in supervisors:
            assert clock_queries.raised(by=supervisor).filter(clock__record=path.hand_over.record_id, reached__gt=0).exists()


def test_late_with_no_supervisor_on_a_side_the_administrator_sees_that_it_reached_nobody(path: Path) -> None:
    path.send()
    with moment.standing_at(moment.now() + timedelta(days=9)):
        tasks.raise_late_hand_overs()
        assert {path.sender.agency, path.to} <= set(clock_queries.agencies_reached_by_nobody())


def test_a_process_that_dies_while_it_is_sent_leaves_it_owed_and_sent_again_it_arrives_once(path: Path) -> None:
    class Died(Exception):
        pass

    def die(**_whatever: object) -> None:
        raise Died

    path.somebody_to_receive_it()
    handover_sent.connect(die)
    try:
        with pytest.raises(Died):
            path.send()
    finally:
        handover_sent.disconnect(die)
    path.hand_over.refresh_from_db()
    assert path.hand_over.state == State.OWED
    if path.purpose is not DANGER_NOW:
        assert queries.to_do_for_sender(by=path.sender).get() == path.hand_over
    assert not Letter.objects.exists()
    path.send()
    assert HandOverStep.objects.filter(hand_over=path.hand_over, state=State.DELIVERED).count() == 1
    assert Letter.objects.count() == 1
