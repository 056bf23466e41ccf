"""What was typed and not sent, or sent too late: kept while typing, given back to whoever typed it."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from havenline.foundation.people import queries
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.actions import drafts

ABOUT = ("draft-page", "draft-action", "draft-form")  # what the script says beside the fields


@desk()
@require_POST
def save(request: DeskRequest) -> HttpResponse:
    """Keep a form as it stands, while somebody types."""
    page, action, form = (request.POST.get(name, "") for name in ABOUT)
    if page.startswith("/desk/") and action.startswith("/desk/"):
        fields = {name: request.POST.getlist(name) for name in request.POST if name not in ABOUT}
        drafts.keep_draft(person=request.user, page=page, action=action, form=form, fields=fields)
    return HttpResponse(status=204)


@desk()
@require_safe
def of_page(request: DeskRequest) -> HttpResponse:
    """The drafts of one page, for its script."""
    found = []
    for draft in queries.drafts(request.user).filter(page=urlsplit(request.GET.get("page", "")).path):
        fields = drafts.read_draft(draft)
        if fields is not None:
            said = _("You had typed something here on %(at)s.") % {"at": f"{draft.saved_at:%-d %b %H:%M}"}
            found.append({"action": draft.action, "form": draft.form, "fields": fields, "said": said})
    return JsonResponse({"drafts": found, "put_back": _("Put it back"), "dismiss": _("Leave it")})


@desk()
@require_safe
def show(request: DeskRequest) -> HttpResponse:
    """Every draft of this person, to read, to send, or to delete."""
    shown: list[dict[str, Any]] = []
    for draft in queries.drafts(request.user):
        fields = drafts.read_draft(draft)
        if fields is not None:
            typed = [value for values in fields.values() for value in values if _was_typed(value)]
            every = [(name, value) for name, values in fields.items() for value in values]
            shown.append({"draft": draft, "typed": typed, "fields": every})
    return render(request, "people/drafts.html", {"drafts": shown, "days": drafts.KEPT_FOR.days})


def _was_typed(value: str) -> bool:
    """Whether a person would know it again: no number of a choice, and nothing that the page carried sealed."""
    return len(value) > 2 and not value.isdigit() and (len(value) < 60 or "://" in value or any(sign.isspace() for sign in value))


@desk()
@require_POST
def delete(request: DeskRequest, pk: int) -> HttpResponse:
    drafts.delete_draft(draft=get_object_or_404(queries.drafts(request.user), pk=pk))
    messages.success(request, _("Deleted."))
    return redirect("people:drafts")
