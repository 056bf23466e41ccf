"""The guidance for anybody: when a step is due, and what changed between editions. Asked by GET, with no cookie and nothing kept."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.journey.safeguarding.public_forms import NATIONS, CompareForm, DueDateForm
from havenline.journey.safeguarding.queries import due_dates


@require_safe
def due_date(request: HttpRequest) -> HttpResponse:
    """The calculator. An address with a question shows its answer: it can be kept and passed on."""
    asked = "step" in request.GET or "started" in request.GET
    form = DueDateForm(request.GET if asked else None)
    answer = form.answer if asked and form.is_valid() else None
    context = {"form": form, "answer": answer, "nation": NATIONS[answer.nation] if answer else ""}
    return render(request, "safeguarding/public/due_date.html", context, status=400 if asked and not answer else 200)


@require_safe
def due_date_calendar(request: HttpRequest) -> HttpResponse:
    """The same answer as an entry for a calendar; what cannot be answered shows the form with what is wrong."""
    form = DueDateForm(request.GET)
    if not form.is_valid() or form.answer is None:
        return render(request, "safeguarding/public/due_date.html", {"form": form}, status=400)
    answer = form.answer
    address = f"{settings.INSTALLATION.base_url}{reverse('due_date')}?{answer.question}"
    entry = answer.as_calendar(address=address, now=moment.now())
    name = f"{answer.step.code.replace('_', '-')}-{answer.told.due.isoformat()}.ics"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(entry, content_type="text/calendar; charset=utf-8", headers=headers)


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """All editions side by side, what each changed and when; and any two of them compared."""
    asked = "old" in request.GET or "new" in request.GET
    held = procedure.guidance().editions
    form = CompareForm(request.GET if asked else None, initial={"old": held[0].name, "new": held[-1].name})
    context = {"form": form, "editions": held, "steps": due_dates.side_by_side(), "history": due_dates.history()}
    if asked and form.is_valid():
        old, new = (procedure.edition(form.cleaned_data[name]) for name in ("old", "new"))
        context |= {"old": old, "new": new, "changes": procedure.compare(old, new)}
    return render(request, "safeguarding/public/editions.html", context, status=400 if asked and "changes" not in context else 200)
