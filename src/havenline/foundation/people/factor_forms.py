"""What is typed or proven as a second factor: allauth's forms in our words, deciding by our actions."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.actions import factors
from havenline.foundation.people.models import Person


def _code_field(**more: Any) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "class": "input input-code"}
    return forms.CharField(
        label=_("Code"), max_length=20, widget=forms.TextInput(attrs=attrs), error_messages={"required": _("Enter the code")}, **more
    )


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code."""

    code = _code_field(help_text=_("Six digits from your app, or one of your recovery codes."))

    def clean_code(self) -> str:
        try:
            self.authenticator = factors.use_code(person=self.user, code=self.cleaned_data["code"])
        except factors.WrongCode as refused:
            raise forms.ValidationError(str(refused)) from refused
        return str(self.cleaned_data["code"])


class CodeAgainForm(CodeForm, ReauthenticateForm):  # type: ignore[misc]
    """The same, of somebody who is signed in already."""


class AddCodesForm(forms.Form):
    """The first code of an app that has just been given its secret."""

    code = _code_field(help_text=_("The six digits that the app shows now."))


class _PasskeyProven:
    """The browser's proof is checked by allauth; here it goes on the ledger, well or badly."""

    user: Person | None
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except forms.ValidationError:
            if self.user is not None:
                factors.passkey_failed(person=self.user)
            raise
        factors.passkey_used(person=found.user)
        return found


class PasskeyForm(_PasskeyProven, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey beside the password."""


class PasskeyAgainForm(_PasskeyProven, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey of somebody who is signed in already."""


class PasskeyAloneForm(_PasskeyProven, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of the password: it has asked for a finger, a face or a PIN itself."""


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A name for a passkey, and what the browser made."""

    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label, self.fields["name"].max_length = _("Name"), 60
        self.fields["name"].help_text = _("So that you know it from others, such as “my telephone”.")
        self.fields["name"].widget.attrs = {"autocomplete": "off", "maxlength": 60}
