"""What anybody outside types about a listed address."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ComplaintForm(forms.Form):
    """How long a text may be, the action says."""

    address = forms.CharField(
        label=_("Which address is listed?"),
        help_text=_("For example https://pictures.example/gallery or pictures.example"),
        error_messages={"required": _("Enter the address that is listed.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )
    words = forms.CharField(
        label=_("Why is it wrong to list it?"),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("In your own words, up to 2,000 characters. We take no pictures and no files."),
        error_messages={"required": _("Say in a few words why it is wrong to list it.")},
    )
    contact = forms.EmailField(
        label=_("Your e-mail address, if you want a letter when it is answered"),
        required=False,
        help_text=_("You can read the answer without it, by the code that you get."),
        error_messages={"invalid": _("Enter an e-mail address such as name@mail.example, or leave it empty.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Your code"),
        max_length=60,
        help_text=_("Sixteen letters and numbers in four groups."),
        error_messages={"required": _("Enter your code.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )
