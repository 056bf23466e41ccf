"""The page of a host's link: no account, no session, no cookie, no script. A GET changes nothing but the note that it was opened."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from csp.constants import NONE
from csp.decorators import csp_replace
from django import forms
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from havenline.foundation import moment
from havenline.foundation.clocks import queries as clocks
from havenline.foundation.ledger.actors import acting_for
from havenline.foundation.sealing import holders
from havenline.journey.intake import pictures, receipts
from havenline.journey.intake.views.posted import TooMuch, brought_a_file, posted
from havenline.journey.takedown.actions import answering, links
from havenline.journey.takedown.errors import WordsMissing
from havenline.journey.takedown.models import HostAnswer, HostLink, Notice
from havenline.journey.takedown.policies import HOST_ANSWERS, host_does

What = HostAnswer.What
CLOSED = {"unknown": 404, "too many": 429, "expired": 410, "ended": 410, "rests": 200, "taken back": 410, "done": 410}
WRONG_WORDS = (WordsMissing, answering.TooLong, answering.NoText, answering.TooManyAnswers, pictures.PictureRefused)

View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """The door: the token is all that a host has. Whatever goes wrong is a page with words, and no log is told the address."""

    @wraps(view)
    def guarded(request: HttpRequest, *, token: str) -> HttpResponse:
        response = _let_in(view, request, token)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        if request.method == "HEAD":
            response.content = b""  # a server of the outside would drop it, and say so in its log
        response._has_been_logged = True  # type: ignore[attr-defined]  # Django would name the address of a 404 or 410
        return response

    # No cookie says who asks, so no other site can make a browser say it: whoever acts must have the token itself.
    without_script = csp_replace({"script-src": [NONE], "connect-src": [NONE]})
    return cast(View, csrf_exempt(without_script(require_http_methods(["GET", "HEAD", "POST"])(cast(Any, guarded)))))


def _let_in(view: View, request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = links.open_link(token)
        answering.must_be_shown(link.notice)
        with acting_for(holders.API):
            return view(request, link, token)
    except links.LinkUnknown:
        return _closed(request, "unknown")
    except links.TooManyWrongLinks:
        return _closed(request, "too many")
    except links.LinkExpired:
        return _closed(request, "expired")
    except links.LinkEnded:
        return _closed(request, "ended")
    except answering.NotNow as reason:
        return _closed(request, reason.why)


def _closed(request: HttpRequest, why: str) -> HttpResponse:
    """One calm page that says what to do, and nothing of any notice."""
    return render(request, "takedown/host/closed.html", {"why": why}, status=CLOSED[why])


class AnswerForm(forms.Form):
    """One answer. What may be chosen follows from what was asked; the rules are the action's."""

    what = forms.ChoiceField(
        label=gettext_lazy("What do you answer?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers")},
    )
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        widget=forms.Textarea({"autocomplete": "off", "rows": "6"}),
        help_text=gettext_lazy(
            "Needed where you ask or tell us something, think that it is a mistake, or will not do it. We take no pictures and no files."
        ),
    )

    def __init__(self, notice: Notice, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        self.fields["what"].choices = [(what, LABELS[what]) for what in answering.choices_of(notice)]  # type: ignore[attr-defined]


LABELS = {
    What.ACKNOWLEDGED: gettext_lazy("We have it and will act"),
    What.SAYS_REMOVED: gettext_lazy("We have removed it, and keep it for police"),
    What.SAYS_PRESERVED: gettext_lazy("We have preserved it, and tell the user nothing"),
    What.REPLIED: gettext_lazy("We want to ask or tell you something"),
    What.CONTESTED: gettext_lazy("We think that this is a mistake"),
    What.REFUSED: gettext_lazy("We will not do it"),
}


@by_link
def notice(request: HttpRequest, link: HostLink, token: str) -> HttpResponse:
    """What is asked, and one form to answer it."""
    if not link.notice.is_open:
        return _show(request, link, None)
    if request.method == "POST":
        return _take(request, link, token)
    if request.method == "GET":  # a HEAD is a program's, which looks whether the address is there
        links.note_opened(link)
    return _show(request, link, AnswerForm(link.notice))


def _take(request: HttpRequest, link: HostLink, token: str) -> HttpResponse:
    try:
        post = posted(request)
    except (TooMuch, RequestDataTooBig):
        form = AnswerForm(link.notice, {})
        form.full_clean()
        form.errors.clear()
        form.add_error("words", str(answering.TooLong()))
        return _show(request, link, form, status=413)
    form = AnswerForm(link.notice, post)
    submission = post.get("submission", "")[:100] or receipts.new_token()
    if not form.is_valid():
        return _show(request, link, form, submission=submission)
    try:
        if brought_a_file(request):
            raise pictures.PictureRefused
        answering.answer_by_link(link=link, what=form.cleaned_data["what"], words=form.cleaned_data["words"], submission=submission)
    except WRONG_WORDS as error:
        form.add_error("words", str(error))
        return _show(request, link, form, submission=submission)
    except DatabaseError:
        form.add_error("words", _("We couldn’t save it just now. Nothing is lost: wait a moment, then press Send again."))
        return _show(request, link, form, submission=submission, status=503)
    return redirect("host:noted", token)


@by_link
def noted(request: HttpRequest, link: HostLink, token: str) -> HttpResponse:
    """After an answer: what was noted, and what comes next. Shown again, it says the same."""
    last = link.answers.last()
    if last is None:
        return redirect("host:notice", token)
    said = {"notice": link.notice, "token": token, "answer": _said(last), "next": NEXT[What(last.what)]}
    return render(request, "takedown/host/noted.html", said)


NEXT = {
    What.ACKNOWLEDGED: gettext_lazy("Come back with the same link once it is done, and say so."),
    What.SAYS_REMOVED: gettext_lazy("A person at the hotline records that it is done. Keep it for police: they ask for it themselves."),
    What.SAYS_PRESERVED: gettext_lazy("Police ask for it themselves. Please tell the user nothing until they, or we, say that you may."),
    What.REPLIED: gettext_lazy("A person at the hotline reads it and answers by telephone or e-mail. Until then, what we ask stays."),
    What.CONTESTED: gettext_lazy("A senior analyst looks at it again and answers you. If it was a mistake, we take the request back."),
    What.REFUSED: gettext_lazy("A person at the hotline reads why. We may ask others who can act, and police learn that we asked."),
}  # fmt: skip


def _show(
    request: HttpRequest, link: HostLink, form: AnswerForm | None, *, submission: str = "", status: int | None = None
) -> HttpResponse:
    asked = link.notice
    wrong = form is not None and bool(form.errors)
    context = {
        "notice": asked,
        "hotline": asked.record.agency.name,
        "preserve": asked.asks == Notice.Asks.PRESERVE,
        "addresses": [_address(row.item.identifier) for row in asked.items.select_related("item__identifier")],
        "stations": _stations(asked),
        "said": [_said(answer) for answer in link.answers.all()],
        "link": link,
        "form": form,
        "submission": submission or receipts.new_token(),
    }
    return render(request, "takedown/host/notice.html", context, status=status or (422 if wrong else 200))


def _stations(asked: Notice) -> list[dict[str, Any]]:
    """The short line between hotline and host: what is expected of whom, by when, and how the day was counted."""
    running = {clock.rule: clock for clock in clocks.of_record(asked.record) if clock.voided_at is None}
    preserve = asked.asks == Notice.Asks.PRESERVE
    expected = (
        (HOST_ANSWERS.code, _("You tell us that you have it")),
        (host_does(asked).code, _("You preserve it") if preserve else _("You remove it, and keep it for police")),
    )
    hosts: list[dict[str, Any]] = []
    for code, title in expected:
        clock = running.get(code)
        done = clock is not None and clock.stopped_at is not None
        state = "happened" if done else "now" if all(station["state"] == "happened" for station in hosts) else "not yet"
        hosts.append({"party": "host", "title": title, "detail": clock.counted if clock else "", "state": state, "chip": clock})
    sent_on = date_format(asked.sent_at.astimezone(moment.LONDON), "l j F") if asked.sent_at else ""
    ended = {"party": "hotline", "title": _("A person at the hotline records it"), "state": "not yet" if asked.is_open else "happened"}
    return [{"party": "hotline", "title": _("We ask you"), "detail": sent_on, "state": "happened"}, *hosts, ended]


def _address(identifier: Any) -> dict[str, Any]:
    """As it was first written. Beyond what is kept of an address, the page says that it is cut."""
    return {"text": identifier.shown, "is_cut": len(identifier.shown) >= 400}


def _said(answer: HostAnswer) -> dict[str, Any]:
    return {"what": LABELS[What(answer.what)], "words": answer.words, "at": answer.at}
