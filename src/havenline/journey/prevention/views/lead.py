"""The safeguarding lead's day: what waits for the school, a conversation to look at, a concern to raise, a sheet for parents."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from havenline.engines.screening import SIGNS
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records.actions import Silenced
from havenline.journey.intake import actions as intake
from havenline.journey.intake import receipts
from havenline.journey.intake.answers import NotAnswers
from havenline.journey.intake.pictures import PictureRefused
from havenline.journey.intake.receipts import Busy
from havenline.journey.prevention import actions, guidance, queries
from havenline.journey.prevention.actions.conversations import Screened, screen_conversation, send_to_hotline
from havenline.journey.prevention.forms import AcknowledgeForm, ConcernForm, ConversationForm, DecideForm
from havenline.journey.prevention.guidance import PAGES, is_newest
from havenline.journey.prevention.models import Concern, SchoolNotice
from havenline.journey.prevention.views.act import act_page, bound, posted_from

LEAD = Role.SAFEGUARDING_LEAD


@desk(LEAD)
def messages(request: DeskRequest) -> HttpResponse:
    by = request.membership
    found = list(queries.messages(by=by)[:200])
    ledger.looked(by, "messages to the school", reason="own school")
    context = {
        "contact": queries.verified(by=by),
        "waiting": [one for one in found if not hasattr(one, "acknowledgement")],
        "done": [one for one in found if hasattr(one, "acknowledgement")],
        "concerns": queries.concerns(by=by)[:20],
        "pages": PAGES.values(),
    }
    return render(request, "prevention/messages.html", context)


@desk(LEAD)
def message(request: DeskRequest, reference: str) -> HttpResponse:
    """Reading it is kept as opened; only the lead's own word is an acknowledgement."""
    return _show(request, _opened(reference, request.membership), AcknowledgeForm())


def _opened(reference: str, by: Membership) -> SchoolNotice:
    found = get_object_or_404(queries.messages(by=by), record__reference=reference)
    try:
        return actions.open_message(notice=found, by=by)
    except (actions.NotYourNotice, actions.NotVerified, Silenced) as refused:
        raise Http404 from refused


def _show(request: DeskRequest, found: SchoolNotice, form: AcknowledgeForm, status: int = 200) -> HttpResponse:
    context = {
        "notice": found,
        "said": getattr(found, "acknowledgement", None),
        "form": form,
        "is_newest": is_newest(found.guidance, found.guidance_version),
        **guidance.in_context(found.guidance),
    }
    return render(request, "prevention/message.html", context, status=status)


def _message_page(_request: DeskRequest, reference: str) -> str:
    return reverse("prevention:message", args=[reference])


@desk(LEAD)
@posted_from(_message_page)
def acknowledge(request: DeskRequest, reference: str) -> HttpResponse:
    by = request.membership
    found = get_object_or_404(queries.messages(by=by), record__reference=reference)
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _show(request, _opened(reference, by), form, status=422)
    try:
        actions.acknowledge(notice=found, by=by, **form.cleaned_data)
    except (actions.NotYourNotice, actions.NotVerified, Silenced) as refused:
        raise Http404 from refused
    return redirect("prevention:message", reference)


@desk(LEAD)
def sheet(request: DeskRequest, audience: str) -> HttpResponse:
    """Guidance on paper, to hand out: no case stands on it."""
    if audience not in PAGES:
        raise Http404
    return render(request, "prevention/sheet.html", guidance.in_context(audience))


@desk(LEAD)
def screen(request: DeskRequest) -> HttpResponse:
    """Paste, look, decide. Nothing is kept until it is sent."""
    if request.method != "POST":
        return render(request, "prevention/screen.html", {"form": ConversationForm()})
    form = ConversationForm(request.POST)
    try:
        if not form.is_valid():
            raise ValueError
        screened = screen_conversation(form.cleaned_data["text"])
    except ValueError as refused:
        if str(refused):
            form.add_error("text", str(refused))
        return render(request, "prevention/screen.html", {"form": form}, status=422)
    act = request.POST.get("act", "")
    if act == "nothing":
        return render(request, "prevention/screened_nothing.html")
    if act == "report":
        return _send(request, form, screened)
    return _findings(request, form, screened, DecideForm(initial={"token": receipts.new_token()}, findings=screened.findings))


def _findings(request: DeskRequest, form: ConversationForm, screened: Screened, decide: DecideForm, status: int = 200) -> HttpResponse:
    lines = form.cleaned_data["text"].split("\n")
    rows = [
        {
            "finding": finding,
            "title": SIGNS[finding.sign].title,
            "before": before,
            "words": words,
            "after": after,
            "field": decide[f"finding-{at}"],
        }
        for at, finding in enumerate(screened.findings)
        for before, words, after in [_cut(lines, finding)]
    ]
    context = {"form": form, "decide": decide, "rows": rows, "more": screened.more, "text": form.cleaned_data["text"]}
    return render(request, "prevention/screened.html", context, status=status)


def _cut(lines: list[str], finding: Any) -> tuple[str, str, str]:
    """The line before, in and after the words of a finding."""
    line = lines[finding.line - 1] if finding.line <= len(lines) else finding.text
    start, end = finding.start, finding.end
    return line[max(0, start - 80) : start], line[start:end], line[end : end + 80]


def _send(request: DeskRequest, form: ConversationForm, screened: Screened) -> HttpResponse:
    decide = DecideForm(request.POST, findings=screened.findings)
    if decide.is_valid():
        said = {part: decide.cleaned_data[part] for part in ("token", "words", "danger", "app", "account")}
        try:
            received = send_to_hotline(text=form.cleaned_data["text"], stands=decide.stands(), by=request.membership, **said)
        except (actions.Undecided, actions.WordsMissing, NotAnswers, PictureRefused, intake.NoHotline, intake.AlreadySent, Busy) as refused:
            decide.add_error(None, str(refused) or _("Too many at once. Try again in a minute."))
        else:
            return render(request, "prevention/screened_sent.html", {"receipt": received.receipt, "danger": said["danger"]})
    return _findings(request, form, screened, decide, status=422)


@desk(LEAD)
def raise_concern(request: DeskRequest) -> HttpResponse:
    by = request.membership
    form = ConcernForm(bound(request), initial={"token": receipts.new_token()})
    raised: list[Concern] = []

    def act() -> None:
        said = form.cleaned_data
        child = {part: said[part] for part in ("name", "age", "town", "address", "household")}
        rest = {part: said[part] for part in ("token", "concern", "why", "parents_told", "urgent", "called_name")}
        raised.append(actions.raise_concern(child=child, by=by, **rest))

    answer = act_page(
        request,
        form,
        act,
        back=reverse("prevention:messages"),
        title=_("Raise a concern about a child"),
        crumbs=[(_("Messages"), reverse("prevention:messages")), (_("Concern"), "")],
        button=_("Record it and refer to children’s social care"),
        done=_("Recorded, and sent to children’s social care. Its answer comes to Referrals."),
        intro=_("Recorded with its reason and handed to children’s social care at once. In danger now, call the emergency number first."),
    )
    return redirect("prevention:concern", raised[0].reference) if raised else answer


@desk(LEAD)
def concern(request: DeskRequest, reference: str) -> HttpResponse:
    by = request.membership
    found = get_object_or_404(queries.concerns(by=by), record__reference=reference)
    ledger.looked(by, found, reason="own school")
    return render(request, "prevention/concern.html", {"concern": found, "told": found.told(), "hand_overs": found.record.hand_overs.all()})
