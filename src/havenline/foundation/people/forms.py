"""What is typed about accounts. Rules live in the actions."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Agency, Membership, Person
from havenline.foundation.people.roles import SCOPES_OF, AgencyKind, Role, Scope, Team


class SignInForm(LoginForm):  # type: ignore[misc]
    """allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label, password.help_text = _("E-mail address"), _("Password"), ""
        login.widget.attrs = {"autocomplete": "username", "type": "email", "spellcheck": "false"}
        password.widget.attrs = {"autocomplete": "current-password"}
        login.error_messages["required"] = _("Enter your e-mail address")
        login.error_messages["invalid"] = _("Enter an e-mail address such as name@agency.example")
        password.error_messages["required"] = _("Enter your password")


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, complete in (
            ("oldpassword", _("Your password now"), "current-password"),
            ("password1", _("New password"), "new-password"),
            ("password2", _("New password, once more"), "new-password"),
        ):
            self.fields[name].label, self.fields[name].widget.attrs = label, {"autocomplete": complete}
            self.fields[name].help_text = ""
            self.fields[name].error_messages["required"] = _("Enter it")
        self.fields["password1"].help_text = _("At least 12 characters. Three or four words that belong to no sentence are good.")


class NewPasswordForm(forms.Form):
    """The first password of somebody who was invited, or a new one."""

    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Three or four words that belong to no sentence are good."),
        error_messages={"required": _("Enter it")},
    )
    password2 = forms.CharField(
        label=_("New password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter it")},
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password1(self) -> str:
        password = str(self.cleaned_data["password1"])
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "password1" in said and "password2" in said and said["password1"] != said["password2"]:
            self.add_error("password2", _("Enter the same password twice"))
        return said


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("New address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Enter your new address"), "invalid": _("Enter an address such as name@agency.example")},
    )


class LookForm(forms.Form):
    theme = forms.ChoiceField(
        label=_("Colours"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    key_hints = forms.BooleanField(label=_("Show and use single keys at the desk"), required=False)


class AgencyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Enter the agency’s name")})
    kind = forms.ChoiceField(label=_("Kind"), choices=[one for one in AgencyKind.choices if one[0] != AgencyKind.OUTSIDE])
    area = forms.CharField(label=_("Area"), max_length=80, required=False, help_text=_("The places that it serves."))
    opens = forms.TimeField(
        label=_("Opens"),
        required=False,
        help_text=_("On working days. Leave both empty for day and night."),
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"invalid": _("Enter a time such as 09:00")},
    )
    closes = forms.TimeField(
        label=_("Closes"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"invalid": _("Enter a time such as 17:00")},
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("opens")) != bool(said.get("closes")) and not self.errors:
            self.add_error("closes", _("Enter both times, or neither for day and night"))
        return said


class RoleForm(forms.Form):
    agency = forms.ModelChoiceField(
        label=_("Agency"),
        queryset=Agency.objects.exclude(kind=AgencyKind.OUTSIDE),
        to_field_name="slug",
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the agency"), "invalid_choice": _("Choose an agency of the list")},
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", _("Choose")), *Role.choices],
        error_messages={"required": _("Choose the role")},
    )
    team = forms.ChoiceField(label=_("Team"), choices=Team.choices, required=False)


class KeyForm(forms.Form):
    """What a platform's key may do, how long, and who answers for it there."""

    scopes = forms.MultipleChoiceField(
        label=_("The key may"),
        choices=Scope.choices,
        initial=list(Scope),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the key may do")},
    )
    lasts = forms.TypedChoiceField(
        label=_("It lasts"),
        coerce=int,
        choices=[(365, _("A year")), (90, _("90 days")), (30, _("30 days"))],
        initial=365,
    )
    answerable = forms.ModelChoiceField(
        label=_("Who answers for it there"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Nobody with an account"),
        help_text=_("The key ends with their account."),
    )

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may = [(scope.value, scope.label) for scope in SCOPES_OF.get(agency.kind, ())]
        self.fields["scopes"].choices = may  # type: ignore[attr-defined]
        self.fields["scopes"].initial = [value for value, _label in may]
        acting = Membership.objects.current().filter(agency=agency).values("person")
        self.fields["answerable"].queryset = Person.objects.filter(pk__in=acting).order_by("name")  # type: ignore[attr-defined]


class PersonForm(RoleForm):
    field_order = ["name", "email", "agency", "role", "team"]
    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Enter their name")})
    email = forms.EmailField(
        label=_("E-mail address"),
        error_messages={"required": _("Enter their e-mail address"), "invalid": _("Enter an address such as name@agency.example")},
    )
