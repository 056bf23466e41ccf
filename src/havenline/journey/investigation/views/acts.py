"""The smaller acts of a case and of a subject, each one form on one page."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.foundation.records import actions as records
from havenline.journey.investigation import actions, queries
from havenline.journey.investigation.forms import (
    AnswerForm,
    AttributionForm,
    ContactAbuseForm,
    IdentifierForm,
    NameForm,
    OwnerForm,
    RegisterForm,
    ReviewForm,
    StepForm,
    TransferForm,
    WelfareForm,
    WordsForm,
)
from havenline.journey.investigation.models import Case
from havenline.journey.investigation.policies import WORKERS
from havenline.journey.investigation.views.access import at, crumbs
from havenline.journey.investigation.views.act import act_page, bound, the_case, the_subject


def case_crumbs(case: Case) -> list[tuple[str, str]]:
    return [(_("Case %(reference)s") % {"reference": case.reference}, reverse("investigation:case", args=[case.reference]))]


def at_case(case: Case, place: str) -> str:
    return f"{reverse('investigation:case', args=[case.reference])}#{place}"


@desk(*WORKERS)
def identifier(request: DeskRequest, reference: str) -> HttpResponse:
    by = request.membership
    case = the_case(reference, by)
    return act_page(
        request,
        IdentifierForm(bound(request)),
        lambda filled: actions.see_identifier(case=case, by=by, **filled.cleaned_data),
        case=case,
        back=at_case(case, "identifiers"),
        title=_("An identifier of the case"),
        crumbs=case_crumbs(case),
        button=_("Note it"),
        done=_("Noted."),
    )


@desk(*WORKERS)
def step(request: DeskRequest, reference: str) -> HttpResponse:
    by = request.membership
    case = the_case(reference, by)
    return act_page(
        request,
        StepForm(bound(request)),
        lambda filled: actions.add_identification_step(case=case, by=by, **filled.cleaned_data),
        case=case,
        back=at_case(case, "steps"),
        title=_("What was tried to identify a subject"),
        crumbs=case_crumbs(case),
        button=_("List it"),
        done=_("Listed."),
    )


@desk(*WORKERS)
def owner(request: DeskRequest, reference: str) -> HttpResponse:
    by = request.membership
    case = the_case(reference, by)
    form = OwnerForm(bound(request), by=by, initial={"owner": case.record.owner_id or by.pk, "cover": case.record.cover_id})
    return act_page(
        request,
        form,
        lambda filled: actions.name_owner(case=case, by=by, **filled.cleaned_data),
        case=case,
        back=at_case(case, "who"),
        title=_("Who holds the case"),
        crumbs=case_crumbs(case),
        button=_("Save"),
        done=_("Saved."),
    )


@desk(*WORKERS)
def answer(request: DeskRequest, reference: str, hand_over: str) -> HttpResponse:
    by = request.membership
    case = the_case(reference, by)
    waiting = get_object_or_404(queries.referrals_in(case, by=by), record__reference=hand_over)
    form = AnswerForm(
        bound(request), label=_("Words for the sender"), hint=_("Say only what the sender needs."), needed=_("Write the answer")
    )
    return act_page(
        request,
        form,
        lambda filled: actions.answer_referral(
            case=case, hand_over=waiting, outcome=filled.cleaned_data["outcome"], words=filled.cleaned_data["words"], by=by
        ),
        case=case,
        back=at_case(case, "referrals-in"),
        title=_("Answer %(agency)s") % {"agency": waiting.from_agency.name},
        crumbs=case_crumbs(case),
        button=_("Send the answer"),
        done=_("The answer is sent."),
    )


@desk(*WORKERS)
def transfer(request: DeskRequest, reference: str) -> HttpResponse:
    by = request.membership
    case = the_case(reference, by)
    form = TransferForm(bound(request), by=by, label=_("Why the other force should take it"))
    return act_page(
        request,
        form,
        lambda filled: actions.transfer_to_another_force(case=case, to=filled.cleaned_data["to"], why=filled.cleaned_data["words"], by=by),
        case=case,
        back=at_case(case, "referrals-out"),
        title=_("Hand the case to another force"),
        crumbs=case_crumbs(case),
        button=_("Send it"),
        done=_("Sent. The case stays open here until they accept it."),
    )


@desk(Role.POLICE_SUPERVISOR)
def silence(request: DeskRequest, reference: str, pk: int) -> HttpResponse:
    """Lift a silence: only where this force agreed it."""
    by = request.membership
    case = the_case(reference, by)
    found = get_object_or_404(queries.silences(case), pk=pk)
    form = WordsForm(
        bound(request), label=_("Why they may learn of it now"), hint=_("After this, letters, notices and the reporter’s page may tell.")
    )
    return act_page(
        request,
        form,
        lambda filled: records.lift_silence(silence=found, reason=filled.cleaned_data["words"], by=by),
        case=case,
        back=at_case(case, "who"),
        title=_("Lift the silence: %(whom)s") % {"whom": found.get_audience_display()},
        crumbs=case_crumbs(case),
        button=_("Lift it"),
        done=_("Lifted."),
        more={"grave": True},
    )


@desk(*WORKERS)
def no_subject(request: DeskRequest, reference: str) -> HttpResponse:
    """The supervisor reads the steps and agrees; anybody else of the team reads what is waited for."""
    by = request.membership
    case = the_case(reference, by)
    form = WordsForm(bound(request) if by.supervises else None, label=_("Why no further step would identify anybody"))
    return act_page(
        request,
        form,
        lambda filled: actions.agree_no_subject(case=case, words=filled.cleaned_data["words"], by=by),
        case=case,
        back=at_case(case, "steps"),
        title=_("No subject can be identified"),
        crumbs=case_crumbs(case),
        button=_("I agree"),
        done=_("Agreed. Another person can close the case now."),
        more={"case": case, "steps": case.identification_steps.select_related("by__person"), "may_agree": by.supervises and case.is_open},
        template="investigation/no_subject.html",
    )


@desk(*WORKERS)
def attribution(request: DeskRequest, number: str) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)
    return act_page(
        request,
        AttributionForm(bound(request), subject=subject),
        lambda filled: actions.propose_attribution(subject=subject, by=by, **filled.cleaned_data),
        case=subject.case,
        back=at(subject, "attributions"),
        title=_("Propose that an identifier belongs to this person"),
        crumbs=crumbs(subject),
        button=_("Propose it"),
        done=_("Proposed. Another person must review it."),
        intro=_("A person says so, with evidence; another person reviews it. A machine never accuses."),
    )


@desk(*WORKERS)
def review_attribution(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)
    proposed = get_object_or_404(subject.attributions.select_related("identifier", "by__person"), pk=pk)

    def act(filled: Any) -> None:
        told = filled.cleaned_data
        actions.review_attribution(attribution=proposed, agrees=told["agrees"] == "yes", words=told["words"], by=by)

    return act_page(
        request,
        ReviewForm(bound(request)),
        act,
        case=subject.case,
        back=at(subject, "attributions"),
        title=_("Review: %(identifier)s") % {"identifier": proposed.identifier.shown},
        crumbs=crumbs(subject),
        button=_("Save the review"),
        done=_("The review is recorded."),
        intro=_("%(evidence)s Proposed by %(person)s.") % {"evidence": proposed.evidence, "person": proposed.by.short_name},
    )


@desk(*WORKERS)
def retract_attribution(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)
    standing = get_object_or_404(subject.attributions.select_related("identifier"), pk=pk)
    form = WordsForm(bound(request), label=_("Why it no longer stands"), hint=_("Everybody who was told of this person reads these words."))
    return act_page(
        request,
        form,
        lambda filled: actions.retract_attribution(attribution=standing, reason=filled.cleaned_data["words"], by=by),
        case=subject.case,
        back=at(subject, "attributions"),
        title=_("Retract: %(identifier)s") % {"identifier": standing.identifier.shown},
        crumbs=crumbs(subject),
        button=_("Retract it"),
        done=_("Retracted. Everybody who was told has a correction to take in."),
        intro=_("Each agency that was told gets a correction now. With the last reviewed attribution the name goes, too."),
        more={"grave": True},
    )


@desk(*WORKERS)
def emergency(request: DeskRequest, number: str) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)
    form = WordsForm(bound(request), label=_("What cannot wait, and why"), hint=_("Put on the ledger under your name."))
    return act_page(
        request,
        form,
        lambda filled: actions.record_emergency(subject=subject, reason=filled.cleaned_data["words"], by=by),
        case=subject.case,
        back=at(subject, "attributions"),
        title=_("Record an emergency"),
        crumbs=crumbs(subject),
        button=_("Record the emergency"),
        done=_("Recorded. A name, checks and referrals may come before the review."),
        more={"grave": True},
    )


@desk(*WORKERS)
def name(request: DeskRequest, number: str) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)
    if not subject.may_be_named:
        raise Http404
    return act_page(
        request,
        NameForm(bound(request), initial={"name": subject.name, "born_on": subject.born_on}),
        lambda filled: actions.name_subject(subject=subject, by=by, **filled.cleaned_data),
        case=subject.case,
        back=at(subject),
        title=_("Name the subject"),
        crumbs=crumbs(subject),
        button=_("Save"),
        done=_("Saved."),
    )


@desk(*WORKERS)
def register_check(request: DeskRequest, number: str) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)
    return act_page(
        request,
        RegisterForm(bound(request)),
        lambda filled: actions.record_register_check(subject=subject, by=by, **filled.cleaned_data),
        case=subject.case,
        back=at(subject, "checks"),
        title=_("Check of the sex offenders’ register"),
        crumbs=crumbs(subject),
        button=_("Record the check"),
        done=_("Recorded."),
    )


@desk(*WORKERS)
def contact_abuse(request: DeskRequest, number: str) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)

    def act(filled: Any) -> None:
        told = {**filled.cleaned_data, "asked": filled.cleaned_data["asked"] == "yes"}
        actions.record_contact_abuse(subject=subject, by=by, **told)

    return act_page(
        request,
        ContactAbuseForm(bound(request)),
        act,
        case=subject.case,
        back=at(subject, "contact-abuse"),
        title=_("Was contact abuse asked about, and found?"),
        crumbs=crumbs(subject),
        button=_("Record it"),
        done=_("Recorded."),
    )


@desk(*WORKERS)
def welfare_check(request: DeskRequest, number: str) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)
    return act_page(
        request,
        WelfareForm(bound(request)),
        lambda filled: actions.record_welfare_check(subject=subject, by=by, **filled.cleaned_data),
        case=subject.case,
        back=at(subject, "checks"),
        title=_("After police attended: the subject’s own risk"),
        crumbs=crumbs(subject),
        button=_("Record the check"),
        done=_("Recorded."),
        intro=_("A person under investigation may be at risk of suicide (College of Policing)."),
    )
