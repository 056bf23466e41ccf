"""The cover's own acts, from whatever page shows its sidebar: `{% include "records/sidebar.html" with record=… %}`."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.people import queries as people
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import Membership, NotPartyToRecord
from havenline.foundation.people.roles import MAY_SEE, Role
from havenline.foundation.records import actions
from havenline.foundation.records.forms import HoldersForm, LiftForm, NumberForm, SilenceForm
from havenline.foundation.records.models import Record
from havenline.foundation.records.pages import page_of
from havenline.foundation.records.queries import silences_shown

WORKERS = tuple(str(role) for role, kinds in MAY_SEE.items() if kinds and role != Role.AUDITOR)
REFUSALS = (actions.NotYoursToLift, actions.NotOfThisAgency, actions.ReasonMissing, NotPartyToRecord)
FORMS: dict[str, Any] = {"keep-silent": SilenceForm, "lift": LiftForm, "holders": HoldersForm, "number": NumberForm}


@desk(*WORKERS)
@require_POST
def act(request: DeskRequest, reference: str, what: str) -> HttpResponse:
    """One act on a cover; back to the page that it came from."""
    by = request.membership
    record = get_object_or_404(Record.objects.visible_to(by).select_related("agency", "owner"), reference=reference)
    if what not in FORMS:
        raise Http404
    form = FORMS[what](request.POST)
    for name in ("owner", "cover"):
        if name in form.fields:
            form.fields[name].queryset = people.colleagues(by=by)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        try:
            _do(record, what, form.cleaned_data, by)
        except REFUSALS as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Recorded."))
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if back and safe else page_of(record) or "desk_home")


def _do(record: Record, what: str, said: dict[str, Any], by: Membership) -> None:
    """Raises the refusals of the actions."""
    acts: dict[str, Callable[[], object]] = {
        "keep-silent": lambda: actions.keep_silent(record=record, audience=said["audience"], reason=said["reason"], by=by, actor=by),
        "lift": lambda: actions.lift_silence(
            silence=get_object_or_404(silences_shown(record, by), pk=said["silence"]), reason=said["reason"], by=by
        ),
        "holders": lambda: actions.assign(record=record, owner=said["owner"], cover=said["cover"], by=by),
        "number": lambda: actions.note_other_number(record=record, system=said["system"], number=said["number"], by=by),
    }
    acts[what]()
