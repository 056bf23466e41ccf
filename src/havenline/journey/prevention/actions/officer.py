"""A school near the subject is told nothing: the designated officer (LADO) is, with what was asked and answered."""

from typing import Any

from django.utils.translation import gettext as _

from havenline.foundation.clocks import actions as clocks
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import TOLD_TO_LADO
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.queries import serving
from havenline.foundation.people.roles import AgencyKind, FileKind
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.records.queries import whole_path
from havenline.journey.investigation.models import Case
from havenline.journey.prevention.actions.silences import WARY, wary_silence
from havenline.journey.prevention.models import AskedSchool, Campaign, NearSubject
from havenline.journey.prevention.policies import LADO_TOLD


def tell_designated_officer(asked: AskedSchool, *, by: Membership) -> None:
    """Owe it and, unless a supervisor must, send it. Nobody to tell is an error on the notice's page. Raises records.Silenced."""
    campaign, school = asked.campaign, asked.school
    clocks.start(record=campaign.source, rule=LADO_TOLD, agency=campaign.agency, owner=by, about=_about(asked), by=by)
    officer = serving(AgencyKind.LADO, f"{school.local_authority} {school.town}", near=campaign.agency)
    if officer is None:
        asked.problem = _("No designated officer (LADO) is set up. Telephone them, and ask the administrator.")
        asked.save(update_fields=["problem"])
        ledger.record(by, "could not tell the designated officer", asked, reason="no agency to receive it")
        return
    hand_over = handover.owe(
        source=campaign.source,
        purpose=TOLD_TO_LADO,
        obligation=f"notice to schools {campaign.pk}, school {school.urn}",
        from_agency=campaign.agency,
        to_agency=officer,
        package=package_of(asked, by=by),
        by=by,
    )
    asked.hand_over, asked.problem = hand_over, ""
    asked.save(update_fields=["hand_over", "problem"])
    if hand_over.state not in (State.OWED, State.RETURNED):
        return
    if needs_supervisor(campaign, by):
        asked.problem = _("A silence stands, so a supervisor sends this to the designated officer. It is owed until then.")
        asked.save(update_fields=["problem"])
        return
    handover.send(hand_over=hand_over, by=by, package=package_of(asked, by=by))


def try_officer_again(*, asked: AskedSchool, by: Membership) -> None:
    """Once somebody was set up, or a supervisor acts. Called by an action."""
    if asked.goes_to_officer and (asked.hand_over is None or asked.hand_over.state in (State.OWED, State.RETURNED, State.WITHDRAWN)):
        tell_designated_officer(asked, by=by)


def on_handover_sent(sender: object, hand_over: HandOver, **_rest: object) -> None:
    """Whichever page sends it: under a silence only a supervisor does, and its clock stops. Raises records.Silenced."""
    asked = AskedSchool.objects.filter(hand_over=hand_over).select_related("campaign__source", "campaign__agency", "school").first()
    by = hand_over.sent_by
    if asked is None or by is None:
        return
    if needs_supervisor(asked.campaign, by):
        records.must_not_be_silent(asked.campaign.source, *WARY)
    clocks.stop(record=asked.campaign.source, rule=LADO_TOLD.code, about=_about(asked), by=by)
    if asked.problem:
        AskedSchool.objects.filter(pk=asked.pk).update(problem="")


def needs_supervisor(campaign: Campaign, by: Membership) -> bool:
    """The designated officer works with the employer: under a silence towards the subject, a supervisor decides that they are told."""
    return not by.supervises and any(wary_silence(source.record) for source in campaign.sources.select_related("record"))


def package_of(asked: AskedSchool, *, by: Membership) -> dict[str, Any]:
    """What the officer is told. A subject is named only after a reviewed attribution, or in a recorded emergency."""
    campaign, school = asked.campaign, asked.school
    source = campaign.source
    subjects = Case.objects.get(pk=source.pk).subjects.all() if source.kind == FileKind.CASE else []
    silent = Silence.objects.filter(record__in=whole_path(source), lifted_at=None).order_by("audience")
    known = asked.answer == NearSubject.YES
    return {
        "concern": str(
            _("An adult whom a report or case is about, or a relative, works at, volunteers for or governs this school.")
            if known
            else _("Whether an adult whom a report or case is about, or a relative, is near this school could not be excluded.")
        ),
        "why": str(_("A notice to schools was being written. Nothing was sent to this school.")),
        "from_person": by.short_name,
        "from_agency": campaign.agency.name,
        "school": {
            "name": school.name,
            "number": str(school.urn),
            "local_authority": school.local_authority,
            "town": school.town,
            "telephone": school.telephone,
        },
        "asked": str(_("Does the subject or a relative work at, volunteer for or govern this school?")),
        "answered": str(asked.get_answer_display()),
        "subjects": [{"number": one.number, "name": one.name or None} for one in subjects if one.may_be_named],
        "notice": {"title": campaign.title, "words": campaign.words},
        "must_not_learn": sorted({str(one.get_audience_display()) for one in silent}),
    }


def _about(asked: AskedSchool) -> str:
    return f"notice to schools {asked.campaign_id}, school {asked.school.urn}"[:60]
