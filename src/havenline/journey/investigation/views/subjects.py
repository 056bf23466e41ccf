"""Subjects: the list, and the page that says which children a person can reach."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.records.masking import sight_of
from havenline.foundation.sharing.queries import parties_now
from havenline.journey.investigation import actions, network, queries
from havenline.journey.investigation.forms import AccessForm
from havenline.journey.investigation.gate import what_blocks
from havenline.journey.investigation.models import Finding, Obliged, Question, Subject
from havenline.journey.investigation.policies import LADO_TOLD, NOT_YET_KNOWN, WORKERS
from havenline.journey.investigation.views.act import REFUSALS, bound, look, the_subject
from havenline.journey.investigation.views.cases import READERS


@desk(*READERS)
def subjects(request: DeskRequest) -> HttpResponse:
    by = request.membership
    rows = [
        {
            "subject": subject,
            "assessment": subject.assessment,
            "clock": subject.case.record.clocks.running().filter(about__startswith=subject.number).order_by("due_at").first(),
        }
        for subject in queries.subjects(by=by)[:100]
    ]
    ledger.looked(by, "list of subjects", reason="own list")
    return render(request, "investigation/subjects.html", {"rows": rows})


@desk(*READERS)
def subject(request: DeskRequest, number: str) -> HttpResponse:
    """The access table saves here; everything else of the page has a page of its own."""
    by = request.membership
    found = the_subject(number, by)
    may_work = by.role in WORKERS and by.agency_id == found.case.record.agency_id and found.case.is_open
    answers = queries.answers_in_force(found)
    form = AccessForm(bound(request) if may_work else None, answers=answers)
    if form.is_bound and form.is_valid():
        try:
            recorded = actions.record_access_answers(subject=found, answers=form.answers(), seen=form.cleaned_data["seen"], by=by)
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved.") if recorded else _("Nothing had changed."))
            return redirect("investigation:subject", number)
    sight = sight_of(found.case.record, by=by)
    children = queries.children_within_reach(found, sight)
    labels = {child.pk: child.label for child in children}
    seen = look(request, found.case, shown=sight.shown)
    net = queries.network(found, by=by)
    obligations = list(found.obligations.select_related("hand_over__record", "hand_over__to_agency", "child", "settled_by__person"))
    context = {
        "subject": found,
        "case": found.case,
        "look": seen,
        "may_work": may_work,
        "form": form,
        "rows": _rows(found, form, answers, children),
        "withheld": sight.withheld,
        "counts": _counts(answers),
        "assessment": found.assessment,
        "earlier_assessments": found.access_assessments.exclude(superseded_at=None).select_related("assessed_by__person").order_by("-at"),
        "obligations": [{"it": one, "clock": _clock_of(one), "child": labels.get(one.child_id or 0, "")} for one in obligations],
        "children": children,
        "attributions": found.attributions.select_related("identifier", "by__person", "reviewed_by__person", "retracted_by__person"),
        "register_check": found.register_checks.last(),
        "contact_abuse": found.contact_abuse_findings.last(),
        "welfare_check": found.welfare_checks.last(),
        "blocks": what_blocks(found.case) if found.case.is_open else [],
        "network": net,
        "drawing": network.picture(net, found),
        "network_rows": network.rows(net, found),
        "elsewhere": queries.same_identifier_elsewhere(found.case, by=by),
        "silences": queries.silences(found.case),
        "sees_part": queries.who_sees_a_part(found.case),
        "parties": parties_now(found.case.record),
    }
    return render(request, "investigation/subject.html", context, status=422 if form.is_bound else 200)


def _rows(subject: Subject, form: AccessForm, answers: dict[str, Any], reach: list[queries.WithinReach]) -> list[dict[str, Any]]:
    """The table's rows: what stands, the fields, what follows, and what stood before."""
    before = queries.answers_before(subject)
    clocks = {c.about: c for c in subject.case.record.clocks.running().filter(rule=NOT_YET_KNOWN.code)}
    lado = subject.obligations.filter(what=Obliged.TELL_LADO).last()
    rows = []
    for question in Question:
        fields = {part: form[f"{question}-{part}"] for part in ("answer", "source", "source_date", "note")}
        rows.append(
            {
                "question": question,
                "label": question.label,
                "stands": answers.get(question),
                "fields": fields,
                "has_error": any(field.errors for field in fields.values()),
                "clock": clocks.get(f"{subject.number} {question}"),
                "lado": _clock_of(lado) if lado and question == Question.POSITION_OF_TRUST else None,
                "children": [child for child in reach if child.how == question],
                "before": before[question],
            }
        )
    return rows


def _clock_of(obligation: Any) -> Any:
    """The clock that says where an obligation stands: ours until it is sent, then the receiver's."""
    if obligation.hand_over is not None and obligation.hand_over.sent_at and not obligation.is_ours_to_do:
        wanted = obligation.hand_over.record.clocks.filter(voided_at=None)
        return wanted.filter(stopped_at=None).order_by("due_at").first() or wanted.order_by("-due_at").first()
    about = f"{obligation.subject.number} {obligation.key}"[:60]
    rule = LADO_TOLD.code if obligation.what == Obliged.TELL_LADO else None
    clocks = obligation.subject.case.record.clocks.filter(about=about)
    return (clocks.filter(rule=rule) if rule else clocks).order_by("-started_at").first()


def _counts(answers: dict[str, Any]) -> dict[str, int]:
    told = [answer.answer for answer in answers.values()]
    return {
        "yes": told.count(Finding.YES),
        "no": told.count(Finding.NO),
        "not_yet_known": told.count(Finding.NOT_YET_KNOWN),
        "unasked": len(Question.values) - len(told),
    }
