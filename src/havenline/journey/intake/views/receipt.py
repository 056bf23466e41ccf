"""The receipt, and the way back with it: our answers, and a box to add to the report."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.sealing.keys import KeyMissing
from havenline.journey.intake import actions, asking, form_state, pictures, queries, receipts
from havenline.journey.intake.answers import NotAnswers
from havenline.journey.intake.models import Report
from havenline.journey.intake.views.posted import brought_a_file

log = logging.getLogger(__name__)


class ReceiptForm(forms.Form):
    """Sixteen digits, whatever stands between them. Looked up by the action."""

    receipt = forms.CharField(
        label=gettext_lazy("16-digit receipt"),
        widget=forms.TextInput(
            {"autocomplete": "off", "inputmode": "numeric", "dir": "ltr", "class": "input-receipt", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Type the 16 digits of your receipt")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_%s", "use_required_attribute": False, **kwargs})
        self.fields["receipt"].validators = []

    def clean_receipt(self) -> str:
        typed: str = self.cleaned_data["receipt"]
        if receipts.as_typed(typed) is None:
            raise forms.ValidationError(_("A receipt has 16 digits, such as 1234 5678 1234 5678. Check it and type it again."))
        return typed


class AddForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Add to your report"),
        help_text=gettext_lazy("Words only. Please don’t describe any picture."),
        widget=forms.Textarea({"autocomplete": "off", "dir": "auto", "rows": 5}),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_%s", "use_required_attribute": False, **kwargs})
        self.fields["words"].validators = []


# The receipt


def show(request: HttpRequest, received: actions.Received, token: str, *, printing: bool = False) -> HttpResponse:
    """The page with the sixteen digits. Only ever called with a report that is durable."""
    report = received.report
    happens = [
        {"party": "reporter", "title": _("You told us"), "detail": _said_at(report.received_at), "state": "happened"},
        {
            "party": "hotline",
            "title": _("A trained person reads it"),
            "detail": _("Most are read within %(time)s.") % {"time": settings.DEPLOYMENT.in_language(get_language()).read_within},
            "state": "not yet",
        },
        {
            "party": "police",
            "title": _("If a child may be at risk, police are told"),
            "detail": _("Social workers too. They decide within one working day."),
            "state": "not yet",
        },
        {"party": "reporter", "title": _("We leave you an answer here"), "detail": _("Come back with your receipt."), "state": "maybe"},
    ]
    context = {
        "digits": received.receipt,
        "sealed": form_state.seal("receipt", {"token": token}),
        "saved_at": queries.clock_time(report.received_at),
        "saved_on": date_format(moment.day_of(report.received_at), "l j F Y"),
        "happens": happens,
        "may_be_threatened": report.kind in {"picture_of_me", "contact", "conversation"},
        "is_in_danger": report.danger == "now",
    }
    context["language_go"] = "print" if printing else "show"
    return render(request, "intake/receipt_print.html" if printing else "intake/receipt.html", context)


def _said_at(at: datetime) -> str:
    if moment.day_of(at) == moment.today():
        return _("Today, %(time)s") % {"time": queries.clock_time(at)}
    return _day_and_time(at)


def _day_and_time(at: datetime) -> str:
    return _("%(day)s, %(time)s") % {"day": date_format(moment.day_of(at), "l j F"), "time": queries.clock_time(at)}


def _of_receipt_page(post: QueryDict) -> tuple[actions.Received, str] | None:
    """The report whose receipt the page shows; None where the page stood open for too long or was altered."""
    try:
        token = form_state.unseal("receipt", post.get("form", ""))["token"]
        received = actions.sent_before(token=token)
    except (form_state.Unreadable, form_state.Expired, actions.AlreadySent):
        return None
    return (received, token) if received else None


def written(request: HttpRequest, post: QueryDict) -> HttpResponse:
    found = _of_receipt_page(post)
    if found:
        actions.confirm_written_down(report=found[0].report)
    return render(request, "intake/said.html", {"said": "written down"})


def to_print(request: HttpRequest, post: QueryDict) -> HttpResponse:
    found = _of_receipt_page(post)
    if found is None:
        return render(request, "intake/said.html", {"said": "receipt gone"})
    return show(request, *found, printing=True)


def show_again(request: HttpRequest, post: QueryDict) -> HttpResponse:
    """The same receipt, in the language of the address."""
    found = _of_receipt_page(post)
    if found is None:
        return render(request, "intake/said.html", {"said": "receipt gone"})
    return show(request, *found)


def save(request: HttpRequest, post: QueryDict) -> HttpResponse:
    """A plain text with the digits and nothing that says what they are for."""
    found = _of_receipt_page(post)
    if found is None:
        return render(request, "intake/said.html", {"said": "receipt gone"})
    response = HttpResponse(f"{receipts.in_groups(found[0].receipt)}\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="number.txt"'
    return response


# The way back


def open_report(request: HttpRequest, post: QueryDict) -> HttpResponse:
    """Typed digits open the dialogue, or the same page says what to do."""
    from havenline.journey.intake.views.public import show_home

    form = ReceiptForm(post)
    words = post.get("words", "")
    status = 200
    if post.get("go") == "again":  # asked for in another language: as it was typed, unchecked
        return _open_again(request, words, ReceiptForm(initial={"receipt": post.get("receipt", "")}))
    if form.is_valid():
        try:
            report, opened = actions.open_by_receipt(typed=form.cleaned_data["receipt"])
        except actions.NotTheirReceipt as error:
            form.add_error("receipt", str(error))
        except (actions.TooManyGuesses, receipts.Busy) as error:
            form.add_error("receipt", str(error))
            status = 429
        except (DatabaseError, asking.NobodyAnswers, KeyMissing):
            log.exception("A receipt could not be looked up; whoever typed it was told so.")
            form.add_error("receipt", _("We couldn’t look just now. Wait a moment and try again."))
            status = 503
        else:
            digits = receipts.as_typed(form.cleaned_data["receipt"]) or ""
            reading = {"report": report.pk, "private": opened.private.hex(), "last": digits[-4:]}
            return _dialogue(request, report, reading, form=AddForm(initial={"words": words}) if words else None)
    if words:
        return _open_again(request, words, form, status)
    return show_home(request, form, status)


def _open_again(request: HttpRequest, words: str, form: ReceiptForm | None = None, status: int = 200) -> HttpResponse:
    context = {
        "form": form or ReceiptForm(),
        "add": AddForm(initial={"words": words}),
        "words": words,
        "language_go": "again",
        "enter_go": "open",
    }
    return render(request, "intake/open_again.html", context, status=status)


def _dialogue(
    request: HttpRequest, report: Report, reading: dict[str, Any], *, form: AddForm | None = None, added: bool = False
) -> HttpResponse:
    private = bytes.fromhex(reading["private"])
    letters = queries.letters(report, private)
    actions.mark_read(report=report)
    context = {
        "last": reading["last"],
        "letters": [
            {
                "ours": x.ours,
                "words": x.words,
                "is_new": x.is_new,
                "when": _day_and_time(x.at),
                "time": queries.clock_time(x.at),
            }
            for x in letters
        ],
        "told": _day_and_time(report.received_at),
        "line": queries.line_of(report),
        "statements": queries.statements_of(report, private),
        "form": form or AddForm(),
        "added": added,
        "minutes": form_state.KEPT_FOR["reading"] // 60,
        "sealed": form_state.seal("reading", {**reading, "message": receipts.new_token()}),
        "language_go": "read",
        "enter_go": "add",
    }  # fmt: skip
    response = render(request, "intake/dialogue.html", context)
    home = reverse("intake:home")
    response["Refresh"] = f"{form_state.KEPT_FOR['reading']}; url={home}"  # closes by itself, without JavaScript and without a cookie
    return response


def _reading(post: QueryDict) -> tuple[Report, dict[str, Any]] | None:
    """The report that this page has open; None where it closed by itself or was altered."""
    try:
        reading = form_state.unseal("reading", post.get("form", ""))
    except (form_state.Unreadable, form_state.Expired):
        return None
    report = queries.of_reading(reading["report"])
    return report, {name: reading[name] for name in ("report", "private", "last", "message")}


def read_again(request: HttpRequest, post: QueryDict) -> HttpResponse:
    """The same dialogue, in the language of the address, with what was typed."""
    words = post.get("words", "")
    found = _reading(post)
    if found is None:
        return _open_again(request, words[: actions.LONGEST_MESSAGE])
    return _dialogue(request, *found, form=AddForm(initial={"words": words}))


def add(request: HttpRequest, post: QueryDict) -> HttpResponse:
    words = post.get("words", "")
    found = _reading(post)
    if found is None:
        return _open_again(request, words[: actions.LONGEST_MESSAGE])
    report, reading = found
    form = AddForm(post)
    form.full_clean()
    try:
        if brought_a_file(request):
            raise pictures.PictureRefused
        actions.add_message(report=report, words=words, submission=receipts.submission_of(reading["message"]))
    except (actions.NothingWritten, actions.TooLong, pictures.PictureRefused, NotAnswers) as error:
        form.add_error("words", str(error))
        return _dialogue(request, report, reading, form=form)
    except DatabaseError:
        form.add_error("words", _("We couldn’t save it just now. Nothing is lost: wait a moment, then press Send again."))
        return _dialogue(request, report, reading, form=form)
    return _dialogue(request, report, reading, added=True)


def close(request: HttpRequest, post: QueryDict) -> HttpResponse:
    return render(request, "intake/said.html", {"said": "closed"})


ACTS: dict[str, Callable[[HttpRequest, QueryDict], HttpResponse]] = {
    "written": written,
    "show": show_again,
    "print": to_print,
    "save": save,
    "open": open_report,
    "again": open_report,
    "read": read_again,
    "add": add,
    "close": close,
}
