"""Who must not learn of it, asked before a school or a designated officer does (SAFETY.md: nobody near the child is tipped off).

A silence towards a school refuses always. A silence towards the person reported, or the household, refuses too, unless those who can
answer for it write and agree the notice themselves: the police whose case or referral lies on the path; where there is none, the
agency that agreed the silence. See docs/decisions/0013.
"""

from django.utils.translation import gettext as _

from havenline.foundation.handover.models import WITH_SENDER, HandOver, State
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, FileKind
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record, Silence
from havenline.foundation.records.queries import whole_path
from havenline.journey.prevention.actions.errors import PoliceMustAgree

WARY = (Silence.Audience.SUBJECT, Silence.Audience.HOUSEHOLD)


def may_be_written(record: Record, *, by: Membership) -> None:
    """Raises records.Silenced, PoliceMustAgree."""
    records.must_not_be_silent(record, Silence.Audience.SCHOOL)
    silence = wary_silence(record)
    if silence is None:
        return
    who = answer_for(record, silence)
    if by.agency not in who:
        raise PoliceMustAgree(
            _("This could reach %(audience)s. While that silence stands, only %(agency)s can tell schools: ask them to.")
            % {"audience": silence.get_audience_display(), "agency": ", ".join(agency.name for agency in who)}
        )


def wary_silence(record: Record) -> Silence | None:
    """The silence on the path that a notice to schools could break by a detour."""
    return (
        Silence.objects.filter(record__in=whole_path(record), audience__in=WARY, lifted_at=None)
        .select_related("agreed_by__agency", "record__agency")
        .order_by("since")
        .first()
    )


def answer_for(record: Record, silence: Silence) -> list[Agency]:
    """The police on the path; where there is none yet, whoever agreed the silence."""
    path = whole_path(record)
    cases = Agency.objects.filter(kind=AgencyKind.POLICE, records__in=path, records__kind=FileKind.CASE)
    referred = HandOver.objects.filter(pk__in=path, to_agency__kind=AgencyKind.POLICE).exclude(state__in=[*WITH_SENDER, State.WITHDRAWN])
    with beyond_need_to_know():  # an agency that is asked in vain would not know that police hold it
        police = set(cases) | set(Agency.objects.filter(pk__in=referred.values("to_agency_id")))
    if police:
        return sorted(police, key=lambda agency: agency.name)
    return [silence.agreed_by.agency if silence.agreed_by else silence.record.agency]
