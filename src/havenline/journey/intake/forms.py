"""The questions' forms. Each says its own errors, and what to do."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from havenline.journey.intake import pictures
from havenline.journey.intake.answers import is_no_text
from havenline.journey.intake.models import Danger, ReportKind
from havenline.journey.intake.pictures import PictureRefused

LONG, LIST, SHORT = 20_000, 10_000, 200
CONVERSATION = 60_000

WHO = (
    ("under_18", _("I’m under 18")),
    ("parent", _("I’m a parent or carer")),
    ("works_with_children", _("I work with children")),
    ("adult", _("I’m an adult who saw something online")),
)
WHERE = (
    ("chat", _("In a chat or messages")),
    ("game", _("In a game")),
    ("website", _("On a website or an app’s public page")),
    ("video", _("In a video call")),
    ("elsewhere", _("Somewhere else")),
    ("unknown", _("I don’t know")),
)
RELATION = (("lives_with", _("I live with the child")), ("knows", _("I know the child")), ("no", _("No")), ("unknown", _("I don’t know")))
HOW = (("here", _("Only here, with my receipt")), ("telephone", _("By telephone")), ("email", _("By e-mail")))


class Words(forms.CharField):
    """Words of a reporter: text only, no pictures in disguise. Nothing is ever cut off unseen."""

    def __init__(self, *, longest: int, lines: int = 1, missing: Any = "", **kwargs: Any) -> None:
        kwargs.setdefault("required", bool(missing))
        attrs = {"autocomplete": "off", "dir": "auto", "autocapitalize": "sentences" if lines > 1 else "off"}
        widget = forms.Textarea({**attrs, "rows": lines}) if lines > 1 else forms.TextInput({**attrs, "spellcheck": "false"})
        super().__init__(widget=widget, error_messages={"required": missing}, **kwargs)
        self.longest = longest
        self.validators = []  # Django's own speaks of null characters; ours of text

    def clean(self, value: Any) -> str:
        words: str = super().clean(value).replace("\r\n", "\n")
        if len(words) > self.longest:
            raise ValidationError(
                _("This is too long for us. Shorten it to %(most)s letters or fewer. You can add more later, with your receipt."),
                params={"most": f"{self.longest:,}"},
            )
        if is_no_text(words):
            raise ValidationError(_("Part of this is not text. Delete it and type it again in words."))
        if pictures.in_disguise(words):
            raise ValidationError(str(PictureRefused()))
        return words


class Lines(Words):
    """One thing a line."""

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = [line.strip() for line in super().clean(value).splitlines()]
        kept = list(dict.fromkeys(line for line in lines if line))
        if len(kept) > 100:
            raise ValidationError(_("Give us up to 100 lines here. You can add more later, with your receipt."))
        return kept


def choice(choices: Any, missing: Any, **kwargs: Any) -> forms.ChoiceField:
    """Big radio buttons; nothing is chosen for anybody."""
    return forms.ChoiceField(
        choices=choices,
        widget=forms.RadioSelect({"autocomplete": "off"}),
        error_messages={"required": missing, "invalid_choice": missing},
        **kwargs,
    )


class Question(forms.Form):
    """One page. `about`: what was answered so far (who, kind, whether the child is the reporter)."""

    template = "intake/question.html"
    title: Any = ""  # empty: the one field is the question
    hint: Any = ""
    why: Any = ""

    def __init__(self, *args: Any, about: dict[str, Any], **kwargs: Any) -> None:
        self.about = about
        super().__init__(*args, **{"auto_id": "id_%s", "use_required_attribute": False, **kwargs})
        self.adapt(about)

    def adapt(self, about: dict[str, Any]) -> None:
        """Change words for who reports and what."""


class Who(Question):
    who = choice(WHO, _("Choose who you are. Nobody else sees it."), label=_("Who are you?"))
    why = _("So that we ask only what fits. You don’t have to give your name.")


class What(Question):
    kind = choice((), _("Choose what happened, or choose “Something else”"), label=_("What happened?"))
    why = _("It tells us who should read this first.")

    def adapt(self, about: dict[str, Any]) -> None:
        child = about["who"] == "under_18"
        self.hint = _("You’re not in trouble. Choose what fits best.") if child else _("Choose what fits best.")
        kinds = [ReportKind.CONTACT, ReportKind.CONVERSATION, ReportKind.WEB_PAGE, ReportKind.ADULT_I_KNOW]
        if child:
            kinds.insert(0, ReportKind.PICTURE_OF_ME)
        elif about["who"] in {"adult", "parent"}:
            kinds += [ReportKind.LONG_AGO]
        if about["who"] == "adult":
            kinds.remove(ReportKind.WEB_PAGE)
            kinds.insert(0, ReportKind.WEB_PAGE)
        words = dict(ReportKind.choices)
        if child:
            words[ReportKind.CONTACT] = _("Someone contacted me or another child")
        self.fields["kind"].choices = [(kind.value, words[kind]) for kind in (*kinds, ReportKind.OTHER)]  # type: ignore[attr-defined]


class InDanger(Question):
    danger = choice(
        ((Danger.NOW, _("Yes, right now")), (Danger.NO, _("No, not right now")), (Danger.UNKNOWN, _("I don’t know"))),
        _("Choose yes or no, or choose “I don’t know”"),
        label=_("Is someone in danger right now?"),
    )
    why = _("If someone is in danger right now, calling is faster than this form.")

    def adapt(self, about: dict[str, Any]) -> None:
        if about["who"] == "under_18":
            self.fields["danger"].label = _("Are you or someone else in danger right now?")


class Removal(Question):
    template = "intake/removal.html"


class Call(Question):
    template = "intake/call.html"


class Address(Question):
    title = _("What is the web address?")
    hint = _("Copy it from the top of the page. One address on each line. Don’t go back to look again.")
    why = _("It tells us who can take the page down. We look at it so that you don’t have to.")
    urls = Lines(longest=LIST, lines=4, label=_("Web addresses"))
    no_address = forms.BooleanField(required=False, label=_("I don’t know the address"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "urls" in given:
            wrong = [line for line in given["urls"] if "." not in line or " " in line]
            if not given["urls"] and not given.get("no_address"):
                self.add_error("urls", ValidationError(_("Give the web address, or tick “I don’t know the address”"), code="required"))
            elif wrong:
                self.add_error("urls", _("Write one address on each line, such as https://page.example/room"))
        return given


class Where(Question):
    where = choice(WHERE, _("Choose where it happened, or choose “I don’t know”"), label=_("Where did it happen?"))
    hint = _("Choose the first place. You can tell us about others later.")
    why = _("It tells us who can take it down or close an account.")


class Place(Question):
    title = _("What was it called?")
    hint = _("Write what you know. You can leave any of these empty.")
    why = _("A name or a link helps us find who did it. If you don’t know, that’s fine.")
    app = Words(longest=SHORT, label=_("App, game or website"))
    accounts = Lines(longest=LIST, lines=3, label=_("Names of accounts"), help_text=_("The name they used there. One on each line."))
    urls = Lines(longest=LIST, lines=3, label=_("Links"), help_text=_("A profile, a page or an invite. One on each line."))

    def adapt(self, about: dict[str, Any]) -> None:
        if about["kind"] == ReportKind.ADULT_I_KNOW:
            self.title = _("Did any of it happen online?")

    def clean_urls(self) -> list[str]:
        urls: list[str] = self.cleaned_data["urls"]
        if any("." not in line or " " in line for line in urls):
            raise ValidationError(_("Write one link on each line, such as https://chat.example/room"))
        return urls


class Conversation(Question):
    conversation = Words(
        longest=CONVERSATION,
        lines=8,
        label=_("Can you paste what was written?"),
        help_text=_("Words only, no pictures. If you can’t, leave it empty and go on. Keep the messages."),
    )
    why = _("The exact words help us see what somebody wants. Only trained people read them.")


class Happened(Question):
    happened = Words(longest=LONG, lines=6, label=_("Tell us what happened"))
    why = _("Your own words are enough. It doesn’t have to be in order.")

    def adapt(self, about: dict[str, Any]) -> None:
        field = self.fields["happened"]
        if about["kind"] in {ReportKind.CONTACT, ReportKind.ADULT_I_KNOW, ReportKind.LONG_AGO, ReportKind.OTHER}:
            field.required = True
            field.error_messages["required"] = _("Write what happened. A few words are enough.")
            field.help_text = _("A few words are enough. Please don’t describe any picture.")
        else:
            field.label = _("Is there anything else that we should know?")
            field.help_text = _("You can leave this empty. Please don’t describe any picture.")
        if about["kind"] == ReportKind.ADULT_I_KNOW:
            field.help_text = _("Who is it, and what worries you? A few words are enough. Please don’t describe any picture.")
        if about["kind"] == ReportKind.LONG_AGO:
            field.help_text = _("A few words are enough. If you know whether this person is near children today, please say so.")


class Me(Question):
    me = choice(
        (("me", _("Yes, to me")), ("other", _("No, to someone else")), ("unknown", _("I’d rather not say"))),
        _("Choose yes or no, or choose “I’d rather not say”"),
        label=_("Did it happen to you?"),
    )
    hint = _("You’re not in trouble, whatever happened.")
    why = _("It tells us who may need help.")


class Relation(Question):
    relation = choice(RELATION, _("Choose what fits, or choose “I don’t know”"), label=_("Do you live with the child, or know them?"))
    why = _("If somebody knows the child, a social worker can find and protect them.")


class Child(Question):
    title = _("What do you know about the child?")
    hint = _("You can leave any of these empty.")
    why = _("Without a name or a place we may not be able to find the child.")
    child_name = Words(longest=SHORT, label=_("Name"))
    age = Words(longest=20, label=_("Age"), help_text=_("In years. A guess is fine."))
    town = Words(longest=SHORT, label=_("Town"))
    school = Words(longest=SHORT, label=_("School"))

    def adapt(self, about: dict[str, Any]) -> None:
        if about["is_me"]:
            self.title = _("Do you want to tell us about you?")
            self.why = _("Without a name or a place we may not be able to find you, if you need help.")
            self.fields["age"].help_text = _("In years.")
        self.fields["age"].widget.attrs["inputmode"] = "numeric"

    def clean_age(self) -> int | None:
        typed = self.cleaned_data["age"]
        if not typed:
            return None
        if not typed.isdecimal() or not 0 <= int(typed) <= 25:
            raise ValidationError(_("Write the age as a number of years, such as 12, or leave it empty."))
        return int(typed)


class You(Question):
    name = Words(longest=SHORT, label=_("Do you want to give your name?"), help_text=_("You don’t have to. You can leave it empty."))
    why = _("Police can act faster if they can speak to you. We never give your name to the person you report.")


class Contact(Question):
    title = _("How is it safe to answer you?")
    hint = _("If somebody else can see your phone or your mail, choose “Only here”.")
    why = _("We never ring or write unless you say that it is safe. “Only here” means: you come back with your receipt.")
    how = choice(HOW, _("Choose how we may answer you"), label=_("How may we answer?"))
    contact = Words(longest=SHORT, label=_("Telephone number or e-mail address"), help_text=_("Only if you chose telephone or e-mail."))
    when = Words(longest=SHORT, label=_("When is it safe?"), help_text=_("Only if you chose telephone or e-mail. Such as: after 4 pm."))

    def adapt(self, about: dict[str, Any]) -> None:
        self.fields["how"].initial = "here"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        how, contact = given.get("how"), given.get("contact", "")
        if how == "telephone" and sum(c.isdigit() for c in contact) < 7 and "contact" not in self.errors:
            self.add_error("contact", ValidationError(_("Write your telephone number, or choose “Only here”"), code="required"))
        if how == "email" and "@" not in contact and "contact" not in self.errors:
            self.add_error("contact", ValidationError(_("Write your e-mail address, or choose “Only here”"), code="required"))
        return given


class Check(Question):
    template = "intake/check.html"
    title = _("Check your answers")
