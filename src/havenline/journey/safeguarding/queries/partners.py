"""Police, health and other areas that work on a child's case: who of them can be asked to act in an emergency, and how."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import ACT_WITH_US
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records.models import Record, Silence
from havenline.foundation.records.queries import whole_path
from havenline.journey.safeguarding.models import CaseEvent, ChildCase, ToldReferral
from havenline.journey.safeguarding.models.invitation import AS_PAPERS_SAY
from havenline.journey.safeguarding.queries.referrer import must_not_learn

ASKED = (AgencyKind.POLICE, AgencyKind.HEALTH)  # they see no child's case: each is asked by a hand-over
_TOLD_AS = {ToldReferral.Source.POLICE: "police", ToldReferral.Source.HEALTH: "health"}


@dataclass(frozen=True)
class Partner:
    """Another agency that works on the child. `agency`: None where nobody of it signs in here. `who`: whoever is known of it."""

    name: str
    who: str
    agency: Agency | None
    is_silent: bool

    @property
    def to_telephone(self) -> str:
        return f"{self.who}, {self.name}" if self.who and self.who != self.name else self.name


def of_case(child_case: ChildCase) -> list[Partner]:
    """Police and health that referred the child, are invited to its meetings, or are party to the case."""
    found: dict[object, Partner] = {}

    def know(kind: str, name: str, who: str, agency: Agency | None = None) -> None:
        if agency is None or agency.pk != child_case.record.agency_id:
            found.setdefault(agency or (name, who), Partner(name, who, agency, is_silent(child_case, kind)))

    referral = child_case.referral
    if referral is not None and referral.from_agency.kind in ASKED:
        sent_by = referral.sent_by.name if referral.sent_by else ""
        know(AS_PAPERS_SAY[AgencyKind(referral.from_agency.kind)], referral.from_agency.name, sent_by, referral.from_agency)
    told = ToldReferral.objects.filter(hand_over=child_case.referral_id, source__in=_TOLD_AS).first()
    if told is not None:
        know(_TOLD_AS[ToldReferral.Source(told.source)], told.get_source_display(), _("whoever referred"))
    for one in child_case.invitations.filter(called_off_at=None, agency__in=_TOLD_AS.values()).select_related("to_agency"):
        know(one.agency, one.to_agency.name if one.to_agency else one.get_agency_display(), one.name, one.to_agency)
    for agency in _party_now(child_case.record).filter(kind__in=ASKED):
        know(AS_PAPERS_SAY[AgencyKind(agency.kind)], agency.name, "", agency)
    return list(found.values())


def who_act(child_case: ChildCase) -> list[Membership]:
    """People of other areas that are party to the case and see it: whoever holds what they have of it, else their supervisors."""
    if is_silent(child_case, AS_PAPERS_SAY[AgencyKind.SOCIAL_CARE]):
        return []
    found: list[Membership] = []
    for agency in _party_now(child_case.record).filter(kind=AgencyKind.SOCIAL_CARE).exclude(pk=child_case.record.agency_id):
        linked = Record.objects.filter(pk__in=whole_path(child_case.record), agency=agency, closed_at=None, erased_at=None)
        people = Membership.objects.current().filter(agency=agency).select_related("person", "agency")
        holders = [one for one in people.filter(pk__in=linked.values("owner")) if one.can_act_on(child_case.record)]
        found += holders or list(Membership.objects.supervising(agency).select_related("person", "agency"))
    return found


def is_silent(child_case: ChildCase, agency: str) -> bool:
    """Whether an agency, as papers name it, must not learn of this case, by a silence anywhere on its path."""
    audiences = must_not_learn(child_case, agency)
    silences = Silence.objects.filter(audience__in=audiences, lifted_at=None)
    return bool(audiences) and silences.filter(record__in=whole_path(child_case.record)).exists()


def _party_now(record: Record) -> QuerySet[Agency]:
    at = moment.now()
    parties = record.parties.filter(Q(until=None) | Q(until__gt=at), since__lte=at)
    return Agency.objects.filter(pk__in=parties.values("agency"))


def obligation(event: CaseEvent, agency: Agency) -> str:
    """By which name the hand-over of an emergency is owed."""
    return f"emergency {event.pk} to {agency.pk}"


def asked(child_case: ChildCase, events: list[CaseEvent] | None = None) -> list[HandOver]:
    """The hand-overs by which others were asked to act: in every emergency, or in one, as it was recorded first or put right since."""
    found = HandOver.objects.filter(purpose=ACT_WITH_US.code, source=child_case.record_id).exclude(state=State.WITHDRAWN)
    found = found.select_related("record", "from_agency", "to_agency", "accepted_by__person").order_by("pk")
    of_it = tuple(f"emergency {event.pk} to " for event in events or ())
    return [one for one in found if events is None or one.obligation.startswith(of_it)]
