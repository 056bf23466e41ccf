"""The ledger's screens: entries, proof and export for the auditor; the proof alone for everybody at a desk.

They stand here and not in the ledger's own room, since they name people and agencies, which that room knows nothing of.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.handover import ledger_names
from havenline.foundation.handover.purposes import PURPOSES
from havenline.foundation.handover.trace import day_and_hour
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.actions import witnesses as to_witnesses
from havenline.foundation.ledger.kinds import Kind
from havenline.foundation.ledger.queries import Said, witnesses
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records.queries import normal_reference
from havenline.foundation.sealing import keys

ROLES = dict(Role.choices)


class FilterForm(forms.Form):
    """What stands in the address."""

    record = forms.CharField(label=_("Record"), required=False, max_length=40, help_text=_("A reference, such as HL-7K2M-94QD"))
    person = forms.CharField(label=_("Person"), required=False, max_length=120, help_text=_("A name or an address"))
    agency: "forms.ModelChoiceField[Agency]" = forms.ModelChoiceField(
        label=_("Agency"), queryset=None, to_field_name="slug", required=False, empty_label=_("All agencies")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *Kind.choices])
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To, that day included"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *rest: Any, by: Membership) -> None:
        super().__init__(*rest)
        self.fields["agency"].queryset = ledger_names.agencies(by=by)  # type: ignore[attr-defined]


@desk(Role.AUDITOR)
def entries(request: DeskRequest) -> HttpResponse:
    """Entries, newest first, by record, person, agency and time. Looking at the ledger is on the ledger."""
    form = FilterForm(request.GET, by=request.membership)
    said: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    page = queries.page(
        record=normal_reference(said["record"]) if said.get("record") else "",
        actors=ledger_names.actors(said["person"], by=request.membership) if said.get("person") else None,
        agency=said["agency"].slug if said.get("agency") else "",
        kind=said.get("kind", ""),
        since=_midnight(said["since"]) if said.get("since") else None,
        until=_midnight(said["until"] + timedelta(days=1)) if said.get("until") else None,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    kept = {key: value for key, value in request.GET.items() if key in form.fields and value}
    ledger.looked(request.membership, "ledger", reason="oversight")
    return render(
        request,
        "ledger/entries.html",
        {
            "form": form,
            "rows": _rows(page.entries, request.membership),
            "earlier": urlencode({**kept, "before": page.earlier}) if page.earlier else "",
            "later": urlencode({**kept, "after": page.later}) if page.later else "",
            "is_filtered": bool(kept),
            "head": queries.head(),
            "waiting": queries.waiting(),
        },
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=moment.LONDON)


def _rows(found: list[Said], by: Membership) -> list[dict[str, Any]]:
    names = ledger_names.named_in(found, by=by)
    people, agencies = names.people, names.agencies
    return [
        {
            "said": said,
            "when": day_and_hour(said.at),
            "who": people.get(said.actor, said.actor),
            "party": agencies[said.agency].kind if said.agency in agencies else "reporter" if said.actor == "reporter" else "clock",
            "role": ROLES.get(said.role, said.role),
            "agency": agencies[said.agency].name if said.agency in agencies else said.agency,
            "object": _object(said.object, people, names.clocks),
            "reason": said.reason.replace("_", " "),
            "to": agencies[said.to].name if said.to in agencies else said.to,
        }
        for said in found
    ]


def _object(text: str, people: dict[str, str], clocks: dict[str, str]) -> str:
    """What an entry is about, with the names of people, clocks and hand-overs where it holds their keys."""
    what, _space, key = text.partition(" ")
    if what == "person":
        return people.get(f"person:{key}", text)
    if what == "clock" and key in clocks:
        return clocks[key]
    if what == "sighting":
        return str(_("where an identifier was seen"))
    purpose = PURPOSES.get(key.strip("()")) if what == "hand-over" else None
    return f"{what} ({purpose.title})" if purpose else text.replace("_", "-")


@desk()
def check(request: DeskRequest) -> HttpResponse:
    """The proof of the whole chain, on request; and how to do it with a tool of one's own."""
    verified, broken = None, None
    if request.method == "POST":
        try:
            verified = queries.verify()
        except proof.Broken as found:
            broken = found
        with transaction.atomic():
            ledger.record(request.membership, "verified the ledger", "ledger", reason="broken" if broken else "holds")
    return render(
        request,
        "ledger/check.html",
        {
            "verified": verified,
            "broken": broken,
            "head": queries.head(),
            "waiting": queries.waiting(),
            "now": moment.now(),
            "standing": witnesses.standing(),
            "keys": _public_keys(),
            "checkpoint": _checkpoint() if request.membership.role == Role.AUDITOR else "",
            "is_told_of_alarms": request.membership.role in (Role.AUDITOR, Role.ADMINISTRATOR),
        },
    )


def _public_keys() -> list[str]:
    try:
        return keys.ledger_public_keys()
    except keys.KeyMissing:
        return []


def _checkpoint() -> str:
    """The last one with its witnesses' lines, to be kept outside: for oversight alone."""
    last = queries.last_checkpoint()
    return queries.whole_checkpoint(last) if last else ""


@desk(Role.AUDITOR)
def evidence(request: DeskRequest, pk: int) -> HttpResponse:
    """What a witness's refusal rests on, as a file."""
    refusal = get_object_or_404(ledger_names.refusals(by=request.membership), pk=pk)
    ledger.looked(request.membership, refusal, reason="oversight")
    answer = HttpResponse(witnesses.evidence_of(refusal), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="evidence-{refusal.pk}.txt"'
    return answer


@desk(Role.AUDITOR)
@require_POST
def settle(request: DeskRequest, pk: int) -> HttpResponse:
    try:
        refusal = get_object_or_404(ledger_names.refusals(by=request.membership), pk=pk)
        to_witnesses.settle(refusal=refusal, words=request.POST.get("words", "")[:2000], by=request.membership)
        messages.success(request, _("The alarm is closed. Its evidence is kept."))
    except to_witnesses.NothingSaid as error:
        messages.error(request, str(error))
    return redirect("ledger:check")


@desk(Role.AUDITOR)
def export(request: DeskRequest) -> StreamingHttpResponse:
    """The chained ledger as a file, line by line, which `havenline ledger verify FILE` checks with no database; signed up to its end."""
    with transaction.atomic():
        ledger.record(request.membership, "exported the ledger", "ledger")
    ledger.append_committed()
    try:
        signed, told = ledger.sign_checkpoint(keys.ledger_key()), keys.ledger_public_keys()
    except keys.KeyMissing:  # `doctor` and the worker's round say so
        signed, told = None, []
    name = f"ledger-{moment.today().isoformat()}.jsonl"
    lines = (f"{line}\n" for line in queries.export_lines(keys=told, upto=signed))
    answer = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
