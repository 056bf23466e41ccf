"""What this room's screens ask for, limited to what this person may see."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from havenline.foundation.clocks.models import Clock
from havenline.foundation.identifiers.queries import elsewhere
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, Role
from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import Record, Silence
from havenline.foundation.records.queries import whole_path
from havenline.foundation.search.normal import terms
from havenline.journey.prevention.actions.sending import is_silent
from havenline.journey.prevention.models import (
    AskedSchool,
    Campaign,
    Concern,
    NearSubject,
    NoticeLetter,
    Reached,
    School,
    SchoolContact,
    SchoolNotice,
    TelephoneCall,
)
from havenline.journey.prevention.policies import ACKNOWLEDGED, SENDERS, SOURCES

BADLY = (Letter.State.FAILED, Letter.State.UNCERTAIN)
MOST_FOUND = 50


# The sender's side


def campaigns(*, by: Membership) -> QuerySet[Campaign]:
    """This agency's notices to schools, newest first, whose every source this person may see."""
    return Campaign.objects.visible_to(by).select_related("source", "written_by__person", "agreed_by__person").order_by("-written_at")


def waiting_for_second(*, by: Membership) -> QuerySet[Campaign]:
    """Proposed by somebody else of the agency: this person can agree, or give them back."""
    waiting = campaigns(by=by).filter(proposed_at__isnull=False, sent_at=None, dropped_at=None)
    return waiting.exclude(written_by__person_id=by.person_id)


def silences_of(campaign: Campaign) -> list[Silence]:
    """Who must not learn of it; the same said on several records of the path is said once."""
    path = {pk for source in campaign.sources.select_related("record") for pk in whole_path(source.record)}
    standing = Silence.objects.filter(record__in=path, lifted_at=None).order_by("since")
    return list({(silence.audience, silence.reason): silence for silence in standing}.values())


def asked(*, by: Membership) -> QuerySet[AskedSchool]:
    """The schools thought of in this agency's notices."""
    return AskedSchool.objects.filter(campaign__in=campaigns(by=by)).select_related("campaign", "school")


def asked_of(campaign: Campaign) -> QuerySet[AskedSchool]:
    return (
        campaign.asked.select_related(
            "school__agency",
            "answered_by__person",
            "hand_over__record",
            "hand_over__to_agency",
            "notice__record",
            "notice__acknowledgement",
        )
        .prefetch_related("notice__letters__letter", "notice__calls")
        .order_by("school__name", "pk")
    )


def sent_notices(*, by: Membership) -> QuerySet[SchoolNotice]:
    """What this person's agency sent to schools, as far as they may see it."""
    mine: QuerySet[SchoolNotice] = SchoolNotice.objects.visible_to(by)
    return (
        mine.filter(record__agency_id=by.agency_id)
        .select_related(
            "record", "school__agency", "acknowledgement__by__person", "sent_by__person", "opened_by__person", "asked__campaign"
        )
        .prefetch_related("letters__letter", "letters__contact__membership__person", "calls")
    )


@dataclass(frozen=True)
class Arrival:
    """A notice and the three facts about it; `problem`: why it is to be telephoned, empty where it is not."""

    notice: SchoolNotice
    accepted_at: datetime | None
    opened_at: datetime | None
    acknowledged_at: datetime | None
    clock: Clock | None
    problem: str
    last_call: TelephoneCall | None

    @property
    def told_by_telephone(self) -> bool:
        """A call reached the lead, who has not acknowledged it here."""
        return self.acknowledged_at is None and any(call.reached == Reached.LEAD for call in self.notice.calls.all())


def to_telephone(*, by: Membership) -> list[Arrival]:
    """What the school has not acknowledged and no call has told its lead: no verified person, a letter that failed, or two days over."""
    late = Clock.objects.late().filter(record=OuterRef("pk"), rule=ACKNOWLEDGED.code)
    letters = NoticeLetter.objects.filter(notice=OuterRef("pk"))
    waiting = sent_notices(by=by).filter(
        ~Exists(TelephoneCall.objects.filter(notice=OuterRef("pk"), reached=Reached.LEAD)), withdrawn_at=None, acknowledgement__isnull=True
    )
    unread = waiting.filter(
        ~Exists(letters) | Exists(late) | Q(opened_at=None) & Exists(letters) & ~Exists(letters.exclude(letter__state__in=BADLY))
    )
    return arrivals(unread.order_by("sent_at"))


def arrivals(notices: Any) -> list[Arrival]:
    """The three facts of each, and why it is to be telephoned. One query for the clocks, however many."""
    found = list(notices)
    clocks = Clock.objects.filter(record__in=[one.pk for one in found], rule=ACKNOWLEDGED.code, voided_at=None)
    clock_of = {clock.record_id: clock for clock in clocks}
    return [_arrival(one, clock_of.get(one.pk)) for one in found]


def _arrival(notice: SchoolNotice, clock: Clock | None) -> Arrival:
    said = getattr(notice, "acknowledgement", None)
    letters = [link.letter for link in notice.letters.all()]
    accepted = [letter.sent_at for letter in letters if letter.sent_at is not None]
    calls = list(notice.calls.all())
    return Arrival(
        notice=notice,
        accepted_at=min(accepted, default=None),
        opened_at=notice.opened_at,
        acknowledged_at=said.at if said else None,
        clock=clock,
        problem=_problem(notice, clock, letters, calls) if said is None and notice.withdrawn_at is None else "",
        last_call=calls[-1] if calls else None,
    )


def _problem(notice: SchoolNotice, clock: Clock | None, letters: list[Letter], calls: list[TelephoneCall]) -> str:
    if any(call.reached == Reached.LEAD for call in calls):
        return ""
    if not letters:
        return _("Nobody there is verified: no mail went.")
    if notice.opened_at is None and all(letter.state in BADLY for letter in letters):
        uncertain = any(letter.state == Letter.State.UNCERTAIN for letter in letters)
        return _("The letter may or may not have left.") if uncertain else _("The mail server did not take the letter.")
    if clock is not None and clock.is_running and clock.was_late:
        return _("Opened, and not acknowledged in time.") if notice.opened_at else _("Not opened in time.")
    return ""


@dataclass(frozen=True)
class Overview:
    """A notice in the list: to how many schools it goes or went, and how many of them opened it, acknowledged it, need something done."""

    campaign: Campaign
    schools: int
    opened: int
    acknowledged: int
    problems: int


def overview(campaigns: Iterable[Campaign]) -> list[Overview]:
    """Each as a line of the list, in their order. The same number of queries, however many."""
    found = list(campaigns)
    asked = AskedSchool.objects.filter(campaign__in=found)
    going = Counter(asked.filter(answer=NearSubject.NO).values_list("campaign_id", flat=True))
    untold = Counter(asked.exclude(problem="").values_list("campaign_id", flat=True))
    sent = SchoolNotice.objects.filter(asked__campaign__in=found).select_related("asked", "acknowledgement")
    arrived: dict[int, list[Arrival]] = {}
    for one in arrivals(sent.prefetch_related("letters__letter", "calls")):
        arrived.setdefault(one.notice.asked.campaign_id, []).append(one)
    return [_overview(campaign, arrived.get(campaign.pk, []), going[campaign.pk], untold[campaign.pk]) for campaign in found]


def _overview(campaign: Campaign, arrived: list[Arrival], going: int, untold: int) -> Overview:
    return Overview(
        campaign,
        schools=going if campaign.sent_at is None else len(arrived),
        opened=sum(one.opened_at is not None for one in arrived),
        acknowledged=sum(one.acknowledged_at is not None for one in arrived),
        problems=sum(bool(one.problem) for one in arrived) + untold,
    )


def likely_pattern(source: Record, *, by: Membership) -> list[Record]:
    """Other reports and cases of this agency that share an identifier with the source, as far as this person may see them."""
    hits = {hit.record.pk: hit.record for hit in elsewhere(source, by=by)}
    return [record for record in hits.values() if record.kind in SOURCES and record.agency_id == by.agency_id]


# The register


def schools(asked: str = "", *, by: Membership) -> QuerySet[School]:
    """Schools whose name, place or number holds every word that was typed. Raises NotYourRole."""
    by.must_be(*SENDERS)
    found = School.objects.select_related("agency", "telephone_by__person").order_by("name", "urn")
    for word in terms(asked):
        found = found.filter(words__contains=word)
    return found


def leads_of(school: School, *, by: Membership) -> list[dict[str, Any]]:
    """The safeguarding leads of the school's agency, each with the call that verified them. Raises NotYourRole."""
    by.must_be(*SENDERS)
    if school.agency is None:
        return []
    verified = {
        contact.membership_id: contact
        for contact in SchoolContact.objects.current().filter(school=school).select_related("verified_by__person")
    }
    people = Membership.objects.current().filter(agency=school.agency, role=Role.SAFEGUARDING_LEAD).select_related("person")
    return [{"membership": one, "contact": verified.get(one.pk)} for one in people.order_by("person__name")]


def leads_who_could_be_verified(school: School, *, by: Membership) -> QuerySet[Membership]:
    """Whoever acts for the school's agency now. Raises NotYourRole."""
    by.must_be(*SENDERS)
    return Membership.objects.current().filter(agency=school.agency)


def contacts(*, by: Membership) -> QuerySet[SchoolContact]:
    """Who was verified for a school, once or now. Raises NotYourRole."""
    by.must_be(*SENDERS)
    return SchoolContact.objects.select_related("school")


def agencies_without_school(*, by: Membership) -> QuerySet[Agency]:
    """Schools that are set up here and stand in no row of the register yet. Raises NotYourRole."""
    by.must_be(*SENDERS)
    return Agency.objects.filter(kind=AgencyKind.SCHOOL, school=None).order_by("name")


# The school's side


def verified(*, by: Membership) -> SchoolContact | None:
    """This person as their school's verified person, with the call that says so; None before it."""
    return (
        SchoolContact.objects.current().filter(membership=by).select_related("school", "verified_by__person", "verified_by__agency").first()
    )


def messages(*, by: Membership) -> QuerySet[SchoolNotice]:
    """What was sent to this person's school, if they are its verified person: what waits first, then newest."""
    contact = verified(by=by)
    mine: QuerySet[SchoolNotice] = SchoolNotice.objects.visible_to(by)
    if contact is None:
        return mine.none()
    found = mine.filter(school=contact.school, withdrawn_at=None).select_related("record__agency", "acknowledgement", "school")
    # What nobody has opened and is silenced since does not exist for them, its title neither.
    hidden = [one.pk for one in found.filter(opened_at=None) if is_silent(one)]
    return found.exclude(pk__in=hidden).order_by("-sent_at")


def concerns(*, by: Membership) -> QuerySet[Concern]:
    """What this person's school raised, with what became of it."""
    mine: QuerySet[Concern] = Concern.objects.visible_to(by)
    return (
        mine.filter(record__agency_id=by.agency_id)
        .select_related("record", "raised_by__person")
        .prefetch_related("record__hand_overs__to_agency")
    )
