"""What came in for one person's cases and asks, and waits for them: answers, replies, and what was given back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import ENQUIRY, TO_ANOTHER_AREA
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import ChildCase, Invitation
from havenline.journey.safeguarding.queries.reading import local_day_and_time

ANSWERS_FOR = 14  # days that an answer to an enquiry stays on the day page: our policy, on its own page it stands for good


@dataclass(frozen=True)
class Message:
    """One line: what came, about whom, in which words, and where it leads."""

    at: datetime
    what: str
    about: str
    words: str
    url: str

    @property
    def when(self) -> str:
        return local_day_and_time(self.at)


def messages(*, by: Membership) -> list[Message]:
    """The last that came first. An emergency that waits to be acknowledged is not among them: it stands above everything."""
    return sorted([*_answers(by), *_replies(by), *_moved_back(by)], key=lambda one: one.at, reverse=True)


def _answers(by: Membership) -> Iterator[Message]:
    """Another area says whether it knows the child, or gives the question back: to whoever asked, and whoever holds or covers the case."""
    mine = Q(sent_by=by) | Q(source__in=_my_cases(by).values("referral"))
    since = moment.now() - timedelta(days=ANSWERS_FOR)
    came = Q(state=State.ANSWERED, answered_at__gte=since) | Q(state=State.RETURNED)
    found = HandOver.objects.visible_to(by).filter(mine, came, purpose=ENQUIRY.code, from_agency=by.agency_id, record__erased_at=None)
    for one in found.select_related("record", "to_agency"):
        answered = one.state == State.ANSWERED
        what = _("%(agency)s answered whether it knows the child") if answered else _("%(agency)s gave the question back")
        about = str(one.contents().get("child", {}).get("name", ""))
        last = one.steps.last()
        at, words = (last.at, last.words) if last is not None else (one.owed_at, "")
        yield Message(at, what % {"agency": one.to_agency.name}, about, words, reverse("handover:show", args=[one.reference]))


def _replies(by: Membership) -> Iterator[Message]:
    """Who comes to a meeting that is still to be held; what was written down by hand, whoever wrote it knows."""
    found = Invitation.objects.filter(child_case__in=_my_cases(by), called_off_at=None, booking__ended_at=None, answer_by_hand="")
    found = found.filter(booking__booked_for__gte=moment.today(), hand_over__state__in=[State.ANSWERED, State.RETURNED])
    for one in found.select_related("child_case__record", "child_case__child", "booking", "hand_over__record"):
        said = {"who": one.name, "answer": Invitation.Answer(one.answer).label, "meeting": path.title_of(one.booking.step, moment.today())}
        what = _("%(who)s: %(answer)s. %(meeting)s") % said
        url = reverse("safeguarding:invitations", args=[one.child_case.reference, one.booking_id])
        last = one.hand_over.steps.last() if one.hand_over else None
        yield Message(last.at if last else one.recorded_at, what, one.child_case.child.name, one.answer_words, url)


def _moved_back(by: Membership) -> Iterator[Message]:
    """Another area gave a case back that had moved: it is this person's again, until it is sent anew or withdrawn."""
    given_back = HandOver.objects.filter(purpose=TO_ANOTHER_AREA.code, state=State.RETURNED, ended_at=None)
    found = list(given_back.filter(source__in=_my_cases(by).values("record")).select_related("record", "to_agency"))
    cases = _my_cases(by).select_related("record", "child").in_bulk([one.source_id for one in found])
    for one in found:
        case, last = cases[one.source_id], one.steps.filter(state=State.RETURNED).last()
        what = _("%(agency)s gave the case back") % {"agency": one.to_agency.name}
        at, words = (last.at, last.words) if last is not None else (one.owed_at, "")
        yield Message(at, what, case.child.name, words, reverse("safeguarding:child_case", args=[case.reference]))


def _my_cases(by: Membership) -> QuerySet[ChildCase]:
    mine: QuerySet[ChildCase] = ChildCase.objects.visible_to(by).filter(record__closed_at=None)
    return mine.filter(Q(record__owner=by) | Q(record__cover=by))
