"""What is typed about lists. Rules live in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.lists import queries, signals
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.people.models import Agency

WORDS = forms.Textarea(attrs={"rows": 3})


class TermsForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Give the list a name")})
    licence = forms.CharField(label=_("Licence"), max_length=200, required=False)
    sharing_terms = forms.CharField(
        label=_("Who may have it, and on which terms"),
        max_length=2000,
        required=False,
        widget=WORDS,
        help_text=_("As agreed with its source."),
    )
    is_matched = forms.BooleanField(label=_("What arrives is compared with it"), required=False, initial=True)


class ListForm(TermsForm):
    kind = forms.ChoiceField(
        label=_("What it holds"),
        choices=KnownList.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it holds")},
    )
    origin = forms.ChoiceField(
        label=_("Whose word it is"),
        choices=KnownList.Origin.choices,
        help_text=_("What stands on another body’s list is a claim until somebody here confirms it."),
    )
    field_order = ["name", "kind", "origin", "licence", "sharing_terms", "is_matched"]


class ReaderForm(forms.Form):
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.none(), error_messages={"required": _("Choose an agency")})
    may_see = forms.BooleanField(label=_("See its entries"), required=False)
    may_match = forms.BooleanField(label=_("Be told what of theirs it matches"), required=False)
    may_be_sent = forms.BooleanField(label=_("Be sent its entries"), required=False)

    def __init__(self, *args: Any, known_list: KnownList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = queries.may_be_let_in(known_list)  # type: ignore[attr-defined]


class EntryForm(forms.Form):
    signal = forms.ChoiceField(label=_("What it is"))
    value = forms.CharField(
        label=_("Hash or address"), max_length=signals.LONGEST_TYPED, error_messages={"required": _("Enter the hash or the address")}
    )
    quality = forms.IntegerField(
        label=_("Quality, of a PDQ hash"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("Below 50 it is kept and never matched by itself."),
    )
    grade = forms.ChoiceField(label=_("Grade"), choices=[("", _("None")), *((one, one) for one in signals.GRADES)], required=False)

    def __init__(self, *args: Any, known_list: KnownList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signal"].choices = [(str(one), one.label) for one in signals.SIGNALS_OF[known_list.kind]]  # type: ignore[attr-defined]
        if known_list.kind == KnownList.Kind.URL:
            del self.fields["quality"]


class ImportForm(forms.Form):
    lines = forms.CharField(
        label=_("Lines of CSV"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
        help_text=_("The first line names the columns: signal,value, and as many as are wanted of action, quality, grade, reason."),
        error_messages={"required": _("Paste the lines, the first of which names the columns")},
    )
    is_whole = forms.BooleanField(label=_("This is the whole list"), required=False, help_text=_("What it does not name is withdrawn."))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class WithdrawForm(forms.Form):
    because = forms.ChoiceField(
        label=_("Why"),
        choices=[one for one in ListEntry.Because.choices if one[0] != ListEntry.Because.COMPLAINT],
        initial=ListEntry.Because.FALSE_POSITIVE,
    )
    reason = forms.CharField(
        label=_("In words"), max_length=300, required=False, help_text=_("Whoever was sent the entry reads it. Another reason needs words.")
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("What they will read"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Repeat nothing that they wrote: whoever has their code reads this."),
        error_messages={"required": _("Write what they will read")},
    )
