"""A report that came by telephone: an analyst types, the caller gets the same receipt, read out."""

from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.actions import drafts
from havenline.foundation.people.roles import Role
from havenline.journey.intake import actions, form_state, pictures, receipts
from havenline.journey.intake.answers import NotAnswers
from havenline.journey.intake.forms import CONVERSATION, LIST, LONG, SHORT, WHO, Lines, Words, choice
from havenline.journey.intake.models import Channel, Danger, ReportKind

CALLERS = tuple((who, title) for who, title in zip(
    (who for who, _title in WHO),
    (gettext_lazy("Under 18"), gettext_lazy("Parent or carer"), gettext_lazy("Works with children"), gettext_lazy("Adult")),
    strict=True,
))  # fmt: skip
RELATIONS = (
    ("me", gettext_lazy("Is the child")),
    ("lives_with", gettext_lazy("Lives with the child")),
    ("knows", gettext_lazy("Knows the child")),
    ("no", gettext_lazy("No")),
    ("unknown", gettext_lazy("Not known")),
)


class TelephoneForm(forms.Form):
    danger = choice(
        ((Danger.NOW, gettext_lazy("Yes, right now")), (Danger.NO, gettext_lazy("No")), (Danger.UNKNOWN, gettext_lazy("Not known"))),
        gettext_lazy("Choose whether somebody is in danger now, or “Not known”"),
        label=gettext_lazy("Is somebody in danger now?"),
    )
    kind = choice(ReportKind.choices, gettext_lazy("Choose what happened"), label=gettext_lazy("What happened"))
    who = choice(CALLERS, gettext_lazy("Choose who calls"), label=gettext_lazy("Who calls"))
    happened = Words(
        longest=LONG, lines=5, missing=gettext_lazy("Write what the caller says"), label=gettext_lazy("What the caller says"),
        help_text=gettext_lazy("In the caller’s words. No description of any picture."),
    )  # fmt: skip
    urls = Lines(longest=LIST, lines=2, label=gettext_lazy("Web addresses"), help_text=gettext_lazy("One on each line."))
    app = Words(longest=SHORT, label=gettext_lazy("App, game or website"))
    accounts = Lines(longest=LIST, lines=2, label=gettext_lazy("Accounts"), help_text=gettext_lazy("One on each line."))
    conversation = Words(longest=CONVERSATION, lines=3, label=gettext_lazy("Conversation, read out"))
    relation = choice(RELATIONS, gettext_lazy("Choose what fits, or “Not known”"), label=gettext_lazy("Knows the child?"))
    child_name = Words(longest=SHORT, label=gettext_lazy("Child’s name"))
    age = forms.IntegerField(
        required=False, min_value=0, max_value=25, label=gettext_lazy("Child’s age"),
        error_messages={
            "invalid": gettext_lazy("Write the age in years, or leave it empty"),
            "min_value": gettext_lazy("Write the age in years, or leave it empty"),
            "max_value": gettext_lazy("Write an age of 25 or less, or leave it empty"),
        },
    )  # fmt: skip
    town = Words(longest=SHORT, label=gettext_lazy("Town"))
    school = Words(longest=SHORT, label=gettext_lazy("School"))
    caller_name = Words(longest=SHORT, label=gettext_lazy("Caller’s name"), help_text=gettext_lazy("Empty: anonymous."))
    contact = Words(longest=SHORT, label=gettext_lazy("Safe telephone number or e-mail address"))
    when = Words(longest=SHORT, label=gettext_lazy("When it is safe to contact them"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_%s", "use_required_attribute": False, **kwargs})

    def clean_urls(self) -> list[str]:
        urls: list[str] = self.cleaned_data["urls"]
        if any("." not in line or " " in line for line in urls):
            raise ValidationError(_("Write one address on each line, such as https://chat.example/room"))
        return urls

    def answers(self) -> dict[str, Any]:
        """What was typed, in the shape of every report."""
        said = self.cleaned_data
        contact = said["contact"]
        return {
            "who": said["who"],
            "kind": said["kind"],
            "happened": said["happened"],
            "place": {name: said[name] for name in ("urls", "app", "accounts", "conversation")},
            "danger": said["danger"],
            "child": {
                "is_me": said["relation"] == "me", "name": said["child_name"], "age": said["age"], "town": said["town"],
                "school": said["school"],
            },
            "relation": said["relation"],
            "reporter": {"name": said["caller_name"], "contact": contact},
            "contact": {"how": "email" if "@" in contact else "telephone" if contact else "here", "when": said["when"]},
        }  # fmt: skip


@desk(Role.ANALYST, Role.SENIOR_ANALYST)
def telephone(request: DeskRequest) -> HttpResponse:
    """Type what the caller says; store it as a report by telephone; read the receipt out."""
    token = receipts.new_token()
    form = TelephoneForm()
    if request.method == "POST":
        with suppress(form_state.Unreadable, form_state.Expired):  # then a new token: what was typed is in the form
            token = form_state.unseal("report", request.POST.get("form", ""))["token"]
        form = TelephoneForm(request.POST)
        if form.is_valid():
            try:
                received = actions.receive(answers=form.answers(), by=request.membership, channel=Channel.TELEPHONE, token=token)
            except actions.AlreadySent as sent:
                return render(request, "intake/telephone_received.html", {"report": sent.report})
            except (NotAnswers, pictures.PictureRefused, actions.NoHotline, receipts.Busy) as error:
                form.add_error(None, str(error))
            except DatabaseError:
                form.add_error(None, _("It could not be saved just now. Nothing is lost: press the button again."))
            else:
                drafts.settle_drafts(person=request.user, action=request.path)
                return render(request, "intake/telephone_received.html", {"report": received.report, "digits": received.receipt})
    context = {"form": form, "sealed": form_state.seal("report", {"token": token, "pages": {}, "checked": False})}
    return render(request, "intake/telephone.html", context)
