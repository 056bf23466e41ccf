"""The public home, and the report: one question a page, one address, no cookie. The step rides in the form."""

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from havenline.foundation import moment
from havenline.foundation.sealing import desk_key
from havenline.foundation.sealing.desk_key import DeskKeySwapped
from havenline.foundation.sealing.keys import KeyMissing
from havenline.journey.intake import actions, flood, form_state, pictures, queries, questions, receipts
from havenline.journey.intake.answers import NotAnswers
from havenline.journey.intake.forms import WHO, Question
from havenline.journey.intake.models import ReportKind
from havenline.journey.intake.views import receipt
from havenline.journey.intake.views.posted import TooMuch, brought_a_file, posted

log = logging.getLogger(__name__)
DOORS_SAY = {
    "under_18": gettext_lazy("It happened to me, or to someone I know. You’re not in trouble"),
    "parent": gettext_lazy("I’m worried about a child I look after"),
    "works_with_children": gettext_lazy("School, club, health or care"),
    "adult": gettext_lazy("Report a page, an account or a chat"),
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who are you, what to do in danger, and the way back with a receipt."""
    return show_home(request)


def show_home(request: HttpRequest, form: receipt.ReceiptForm | None = None, status: int = 200) -> HttpResponse:
    doors = [{"who": who, "title": title, "text": DOORS_SAY[who]} for who, title in WHO]
    read_within = settings.DEPLOYMENT.in_language(get_language()).read_within
    happens = [
        {"party": "reporter", "title": _("You tell us"), "detail": _("You get a receipt."), "state": "happened"},
        {
            "party": "hotline",
            "title": _("A trained person reads it"),
            "detail": _("Most are read within %(time)s.") % {"time": read_within},
            "state": "happened",
        },
        {
            "party": "police",
            "title": _("Police are told"),
            "detail": _("At the same moment, if a child may be at risk."),
            "state": "happened",
        },
        {"party": "social_care", "title": _("Social workers act"), "detail": _("They decide within one working day."), "state": "happened"},
    ]
    return render(request, "intake/home.html", {"doors": doors, "happens": happens, "form": form or receipt.ReceiptForm()}, status=status)


@csrf_exempt  # a page that sets no cookie has none to compare; the sealed submission token takes its place
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Every step of the form, the receipt and the way back, at one address."""
    if request.method != "POST":
        return _page(request, _fresh(), "who")
    try:
        post = posted(request)
    except TooMuch:
        return render(request, "413.html", status=413)
    go = post.get("go", "on")
    if go in receipt.ACTS:
        return receipt.ACTS[go](request, post)
    if go == "stop":
        return render(request, "intake/said.html", {"said": "stopped"})
    return _step(request, post, go)


def _fresh() -> dict[str, Any]:
    return {"token": receipts.new_token(), "pages": {}, "checked": False}


def _step(request: HttpRequest, post: QueryDict, go: str) -> HttpResponse:
    carried, notice = _carried(post)
    try:
        already = actions.sent_before(token=carried["token"]) if notice or go == "send" else None
    except actions.AlreadySent as sent:
        return render(request, "intake/said.html", {"said": "sent already", "at": sent.report.received_at})
    except DatabaseError:
        already = None
    if already is not None:
        return receipt.show(request, already, carried["token"])
    if notice == "expired":
        carried["token"] = receipts.new_token()
        return _page(request, carried, _furthest(carried), notice=_expired())
    pages: questions.Pages = carried["pages"]
    step = carried.get("step") or post.get("step", "who")
    if step not in questions.path(pages):
        step = "who"
    typed = _typed(post, step, pages)
    if notice == "unreadable":
        return _page(request, carried, _start_again(carried, post), notice=_unreadable())
    if go == "send":
        return _send(request, carried, work=post.get("work", ""))
    if go.startswith("change:"):
        carried["checked"] = True
        to = go.removeprefix("change:")
        return _page(request, carried, to if to in questions.path(pages) else "check")
    if go == "stay":  # the same page in another language: the address says which
        _keep(pages, step, typed)
        return _page(request, carried, step)
    if go == "back":
        _keep(pages, step, typed)
        path = questions.path(pages)
        return _page(request, carried, path[max(0, path.index(step) - 1)])
    form = questions.form_of(step, {**pages, step: typed}, check=True)
    if brought_a_file(request):
        form.add_error(None, _("We can’t take pictures or files, and we didn’t keep it. Please tell us in words."))
    if not form.is_valid():
        return _page(request, carried, step, form=form)
    pages[step] = typed
    path = questions.path(pages)
    onward = (questions.first_unready(pages) or "check") if carried["checked"] else path[min(path.index(step) + 1, len(path) - 1)]
    try:
        return _page(request, carried, onward)
    except form_state.TooLarge:
        form.add_error(None, _("All your answers together are too long. Shorten this one. You can add more later, with your receipt."))
        pages.pop(step)
        return _page(request, carried, step, form=form)


def _carried(post: QueryDict) -> tuple[dict[str, Any], str]:
    """What rode in the form, and whether it could not be read as it should."""
    sealed = post.get("form", "")
    if not sealed and "step" not in post:
        return _fresh(), ""  # from one of the home's doors
    try:
        return form_state.unseal("report", sealed), ""
    except form_state.Expired as expired:
        return expired.content, "expired"
    except form_state.Unreadable:
        return _fresh(), "unreadable"


def _start_again(carried: dict[str, Any], post: QueryDict) -> str:
    """A form that cannot be read begins again, with what stood on its last page kept for when it comes to that page."""
    step = post.get("step", "")
    if step in questions.QUESTIONS:
        fields = questions.QUESTIONS[step].base_fields
        _keep(carried["pages"], step, {name: post.getlist(name) for name in fields if post.getlist(name)})
    return "who"


def _furthest(carried: dict[str, Any]) -> str:
    return questions.first_unready(carried["pages"]) or "check"


def _typed(post: QueryDict, step: str, pages: questions.Pages) -> dict[str, list[str]]:
    form: Question = questions.form_of(step, pages)
    return {name: post.getlist(name)[-1:] for name in form.fields}


def _keep(pages: questions.Pages, step: str, typed: dict[str, list[str]]) -> None:
    """Keep a page as it was typed, right or wrong; only what can't be carried (a picture in disguise, a flood) stays behind."""
    pages[step] = {name: values for name, values in typed.items() if all(len(v) <= 100_000 and not pictures.in_disguise(v) for v in values)}
    try:
        form_state.seal("report", {"pages": pages})
    except form_state.TooLarge:
        pages.pop(step)


def _send(request: HttpRequest, carried: dict[str, Any], *, work: str = "") -> HttpResponse:
    pages = carried["pages"]
    unready = questions.first_unready(pages)
    if unready:
        carried["checked"] = True
        return _page(request, carried, unready, form=questions.form_of(unready, pages, check=True))
    if not flood.is_done(carried["token"], work) and not flood.has_waited(carried) and flood.is_here():
        notice = _("Many reports are arriving just now. Nothing is lost: wait 20 seconds, then press Send again.")
        return _page(request, carried, "check", notice=notice, status=429)
    try:
        received = actions.receive(answers={**questions.answers_of(pages), "language": _language()}, token=carried["token"])
    except actions.AlreadySent as sent:
        return render(request, "intake/said.html", {"said": "sent already", "at": sent.report.received_at})
    except (NotAnswers, pictures.PictureRefused) as error:
        return _page(request, carried, "check", notice=str(error))
    except (actions.NoHotline, receipts.Busy) as error:
        return _page(request, carried, "check", notice=str(error), status=503)
    except DeskKeySwapped:
        log.critical("keys/desk.pub is not the key that this installation signed. No report is taken. Take this host off the network.")
        desk_key.tell_the_desk()
        notice = _("We can’t take reports safely just now. Nothing was sent. Please try again later, or call the emergency number.")
        return _page(request, carried, "check", notice=notice, status=503)
    except (DatabaseError, OSError, KeyMissing):
        log.exception("A report could not be stored; its sender was told so, and keeps it.")
        notice = _("We couldn’t save it just now. Nothing is lost: wait a moment, then press Send again.")
        return _page(request, carried, "check", notice=notice, status=503)
    return receipt.show(request, received, carried["token"])


def _page(
    request: HttpRequest, carried: dict[str, Any], step: str, *, form: Question | None = None, notice: str = "", status: int = 200
) -> HttpResponse:
    pages = carried["pages"]
    if step == "check":
        carried["checked"] = True
        if flood.is_here():
            flood.begin_waiting(carried)
    form = form or questions.form_of(step, pages)
    number, total = questions.number_of(step, pages)
    fields = form.visible_fields()
    known = questions.about(pages)
    context = {
        "form": form,
        "sealed": form_state.seal("report", {**carried, "step": step}),
        "step_name": step,
        "step": number,
        "total": total,
        "question": form.title or (fields[0].label if fields else ""),
        "one_field": not form.title and len(fields) == 1,
        "hint": form.hint,
        "why": form.why,
        "about": known,
        "may_be_threatened": known["kind"] in {ReportKind.PICTURE_OF_ME, ReportKind.CONTACT, ReportKind.CONVERSATION},
        "notice": notice,
        "is_first": step == "who",
        "language_go": "stay",
    }
    if step == "check":
        context |= {
            "lines": questions.summary(pages),
            "work": flood.sum_for(carried["token"]) if flood.ASKED in carried else "",
            "work_bits": flood.BITS,
            "reads_now": queries.somebody_reads_now(),
            "hours": queries.reading_hours(),
            "now": queries.clock_time(moment.now()),
        }
    return render(request, form.template, context, status=status)


def _language() -> str:
    """What the reporter read, so that our answer is written in it."""
    return (get_language() or settings.LANGUAGE_CODE).partition("-")[0]


def _expired() -> str:
    return _("This page was open for a long time. Your answers are still here. Check them and go on.")


def _unreadable() -> str:
    return _("Something went wrong, and we couldn’t read your earlier answers. What you typed last is kept. Please start again.")
