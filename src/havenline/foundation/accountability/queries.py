"""Requests and breaches: for supervisors of the agency whose they are, for whoever must decide, and for oversight."""

from collections.abc import Iterable

from django.db.models import QuerySet

from havenline.foundation.accountability.models import AccessRequest, Breach, Choice, Raised
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records.masking import table
from havenline.foundation.records.models import Record


def requests(*, by: Membership) -> QuerySet[AccessRequest]:
    """The agency's own, unanswered ones first. Oversight sees every agency's dates; what was asked stays with the agency."""
    found = AccessRequest.objects.select_related("agency", "answered_by__person")
    found = found if by.role == Role.AUDITOR else found.filter(agency=by.agency)
    return found.order_by("answered_at", "received_on")


def to_decide(*, by: Membership) -> QuerySet[Choice]:
    """Records of this agency about which somebody asks, and nobody has decided."""
    waiting = Choice.objects.filter(what="", request__answered_at=None, record__agency=by.agency)
    return waiting.filter(record__in=Record.objects.visible_to(by)).select_related("request__agency", "record")


def choice_of(*, number: str, reference: str, by: Membership) -> QuerySet[Choice]:
    """The choice about one record, for the agency that owns it."""
    return Choice.objects.filter(
        request=number, record__in=Record.objects.visible_to(by).filter(reference=reference, agency=by.agency)
    ).select_related("request__agency", "record__agency")


def second_has_looked(choices: Iterable[Choice], *, by: Membership) -> bool:
    """Whether this person may answer: a copy leaves by another hand than blacked it out, where the agency has another who may."""
    redaction = table()[1]
    own = [one for one in choices if one.what == Choice.What.DISCLOSE and one.decided_by and one.decided_by.person_id == by.person_id]
    if not own or not redaction.second_person:
        return True
    others = Membership.objects.current().filter(agency_id=by.agency_id, role__in=redaction.made_by)
    return not others.exclude(person_id=by.person_id).exists()


def raised(number: str) -> list[Raised]:
    """When its supervisors were written to, of one that was found for this person."""
    return list(Raised.objects.filter(number=number).order_by("at"))


def breaches(*, by: Membership) -> QuerySet[Breach]:
    found = Breach.objects.select_related("agency", "recorded_by__person", "decided_by__person")
    return found if by.role == Role.AUDITOR else found.filter(agency=by.agency)
