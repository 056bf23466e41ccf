"""The finding, its review, the children within reach, and what all this obliges."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.journey.investigation import actions
from havenline.journey.investigation.forms import CallFields, ChildForm, FindingForm, ReviewForm, WordsForm
from havenline.journey.investigation.models import Subject
from havenline.journey.investigation.policies import WORKERS
from havenline.journey.investigation.views.act import act_page, bound, the_subject


def at(subject: Subject, place: str = "") -> str:
    page = reverse("investigation:subject", args=[subject.number])
    return f"{page}#{place}" if place else page


def crumbs(subject: Subject) -> list[tuple[str, str]]:
    case = subject.case
    return [
        (_("Case %(reference)s") % {"reference": case.reference}, reverse("investigation:case", args=[case.reference])),
        (_("Subject %(number)s") % {"number": subject.number}, at(subject)),
    ]


@desk(*WORKERS)
def finding(request: DeskRequest, number: str) -> HttpResponse:
    """The overall finding; *Save and refer* sends what it obliges in the same action."""
    by = request.membership
    subject = the_subject(number, by)
    stands = subject.assessment
    initial = {"finding": stands.finding, "rationale": stands.rationale, "band": stands.band} if stands else {}
    form = FindingForm(bound(request), subject=subject, by=by, initial=initial)
    refers = request.POST.get("go") == "refer"

    def act(filled: Any) -> None:
        told = filled.cleaned_data
        actions.record_access_to_children(
            subject=subject,
            finding=told["finding"],
            rationale=told["rationale"],
            band=told["band"],
            review_asked_of=told["review_asked_of"],
            replaces=told["replaces"],
            send=refers,
            call=filled.call if refers else None,
            by=by,
        )

    return act_page(
        request,
        form,
        act,
        case=subject.case,
        back=at(subject, "finding"),
        title=_("Which children can this person reach?"),
        crumbs=crumbs(subject),
        button=_("Save"),
        done=_("Saved and referred.") if refers else _("Saved."),
        more={"subject": subject, "children": subject.reachable.all(), "may_refer": subject.may_be_named},
        template="investigation/finding.html",
    )


@desk(*WORKERS)
def review(request: DeskRequest, number: str) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)
    assessment = subject.assessment
    if assessment is None:
        raise Http404

    def act(filled: Any) -> None:
        told = filled.cleaned_data
        actions.review_access(assessment=assessment, agrees=told["agrees"] == "yes", words=told["words"], by=by)

    return act_page(
        request,
        ReviewForm(bound(request)),
        act,
        case=subject.case,
        back=at(subject, "review"),
        title=_("Review the assessment"),
        crumbs=crumbs(subject),
        button=_("Save the review"),
        done=_("The review is recorded."),
        intro=_("%(finding)s. %(rationale)s Assessed by %(person)s.")
        % {"finding": assessment.get_finding_display(), "rationale": assessment.rationale, "person": assessment.assessed_by.short_name},
    )


@desk(*WORKERS)
def child(request: DeskRequest, number: str) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)
    form = ChildForm(bound(request), initial={"how": request.GET.get("how", "")})

    def act(filled: Any) -> None:
        told = filled.cleaned_data
        actions.note_child_within_reach(subject=subject, details=filled.details(), age=told["age"], how=told["how"], by=by)

    return act_page(
        request,
        form,
        act,
        case=subject.case,
        back=at(subject, "children"),
        title=_("A child, household or address within reach"),
        crumbs=crumbs(subject),
        button=_("Note it"),
        done=_("Noted."),
        intro=_("Each gets a referral of its own to children’s social care where access is found or cannot be excluded."),
    )


@desk(*WORKERS)
def send(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    """Send what is owed. A person presses this; no clock does."""
    by = request.membership
    subject = the_subject(number, by)
    obligation = get_object_or_404(subject.obligations.select_related("hand_over__to_agency", "child"), pk=pk)
    obligation.subject = subject

    class SendForm(WordsForm, CallFields):
        field_order = ("words", "urgent", "called_at", "called_name")

    form = SendForm(bound(request), label=_("Words for the receiver"))
    form.fields["words"].required = False

    def act(filled: Any) -> None:
        told, call = filled.cleaned_data, filled.call
        actions.send_obliged(
            obligation=obligation,
            urgent=call is not None,
            called_at=call.at if call else None,
            called_name=call.name if call else "",
            words=told["words"],
            by=by,
        )

    receiver = obligation.hand_over.to_agency if obligation.hand_over else None
    return act_page(
        request,
        form,
        act,
        case=subject.case,
        back=at(subject, f"obligation-{pk}"),
        title=obligation.get_what_display(),
        crumbs=crumbs(subject),
        button=_("Send to %(agency)s") % {"agency": receiver.name} if receiver else _("Send"),
        done=_("Sent."),
        more={"obligation": obligation, "receiver": receiver, "facts": obligation.package_facts()},
        template="investigation/send.html",
    )


@desk(Role.POLICE_SUPERVISOR)
def settle(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    by = request.membership
    subject = the_subject(number, by)
    obligation = get_object_or_404(subject.obligations.all(), pk=pk)
    form = WordsForm(bound(request), label=_("Why it is settled without an answer"), hint=_("Put on the ledger under your name."))
    return act_page(
        request,
        form,
        lambda filled: actions.settle_obligation(obligation=obligation, reason=filled.cleaned_data["words"], by=by),
        case=subject.case,
        back=at(subject, f"obligation-{pk}"),
        title=_("Settle: %(what)s") % {"what": obligation.get_what_display()},
        crumbs=crumbs(subject),
        button=_("Settle it"),
        done=_("Settled."),
        intro=obligation.why,
    )
