"""Second factors: allauth's views where somebody signs in, our own where they are added and removed."""

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, ReauthenticateWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from havenline.foundation.people import qr, sealed
from havenline.foundation.people.actions import factors
from havenline.foundation.people.factor_adapter import FactorAdapter
from havenline.foundation.people.factor_forms import (
    AddCodesForm,
    AddPasskeyForm,
    CodeAgainForm,
    CodeForm,
    PasskeyAgainForm,
    PasskeyAloneForm,
    PasskeyForm,
)
from havenline.foundation.people.factor_queries import FACTORS, factors_of

SECRET_KEY = "new_second_factor"  # noqa: S105  (where the session keeps a sealed secret that no app has confirmed yet)

_View = TypeVar("_View", bound=Callable[..., HttpResponse])
proven_lately: Callable[[_View], _View] = reauthentication_required(app="allauth.mfa")


class _Second(AuthenticateView):  # type: ignore[misc]
    form_class, webauthn_form_class = CodeForm, PasskeyForm
    template_name = "mfa/authenticate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.stage.login.user
        kinds = set(factors_of(person).values_list("type", flat=True))
        return {
            **super().get_context_data(**kwargs),
            "has_codes": bool(kinds & {factors.Kind.TOTP, factors.Kind.RECOVERY_CODES}),
            "has_app": factors.Kind.TOTP in kinds,
            "has_passkey": factors.Kind.WEBAUTHN in kinds,
        }


class _Again(ReauthenticateView):  # type: ignore[misc]
    form_class = CodeAgainForm


class _PasskeyAgain(ReauthenticateWebAuthnView):  # type: ignore[misc]
    form_class = PasskeyAgainForm

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _("This passkey was not accepted. Try again."))
        return redirect(self.request.get_full_path())


class _PasskeyAlone(LoginWebAuthnView):  # type: ignore[misc]
    form_class = PasskeyAloneForm


class _AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    form_class = AddPasskeyForm

    def form_valid(self, form: Any) -> HttpResponse:
        said = form.cleaned_data
        factors.add_passkey(person=self.request.user, name=said["name"], credential=said["credential"])
        messages.success(self.request, _("Added. It is asked for when you sign in, and it can stand for your password too."))
        return redirect("mfa_view_recovery_codes")


second = _Second.as_view()
again_by_code = _Again.as_view()
again_by_passkey = _PasskeyAgain.as_view()
sign_in_by_passkey = _PasskeyAlone.as_view()
add_passkey = _AddPasskey.as_view()


@login_required
def index(request: Any) -> HttpResponse:
    """The own second factors, and the way to more."""
    mine = list(factors_of(request.user))
    return render(
        request,
        "mfa/index.html",
        {
            "app": next((one for one in mine if one.type == factors.Kind.TOTP), None),
            "passkeys": [one for one in mine if one.type == factors.Kind.WEBAUTHN],
            "codes": next((one for one in mine if one.type == factors.Kind.RECOVERY_CODES), None),
            "must_add": factors.must_add_factor(request.user),
            "is_required": settings.SECOND_FACTOR_REQUIRED,
        },
    )


@login_required
@proven_lately
@sensitive_variables("secret", "address")
def add_codes(request: Any) -> HttpResponse:
    """Give an app its secret, and see its first code."""
    person = request.user
    form = AddCodesForm(request.POST or None)
    kept = request.session.get(SECRET_KEY)
    secret = sealed.open_for(person, "second factor", kept) if kept else factors.new_secret()
    if request.method == "POST" and kept and form.is_valid():
        try:
            factors.add_code_app(person=person, secret=secret, code=form.cleaned_data["code"].replace(" ", ""))
        except factors.WrongCode as refused:
            form.add_error("code", str(refused))
        else:
            del request.session[SECRET_KEY]
            messages.success(request, _("Added. From now on a code of the app is asked for when you sign in."))
            return redirect("mfa_view_recovery_codes")
    if not kept:
        request.session[SECRET_KEY] = sealed.seal(person, "second factor", secret)
    address = FactorAdapter().build_totp_url(person, secret)
    picture = qr.drawn(address, label=_("The secret for your app, as a QR code"))
    in_fours = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render(request, "mfa/totp/activate_form.html", {"form": form, "picture": picture, "secret": in_fours})


@login_required
@proven_lately
def remove(request: Any, pk: int) -> HttpResponse:
    """Ask once, then ask for this factor no more."""
    factor = get_object_or_404(factors_of(request.user), pk=pk, type__in=FACTORS)
    if request.method == "POST":
        try:
            factors.remove_factor(person=request.user, factor=factor)
        except factors.LastFactor as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Removed. It is not asked for any more."))
        return redirect("mfa_index")
    return render(request, "mfa/remove.html", {"factor": factor})


@login_required
@proven_lately
@sensitive_variables("codes")
def see_recovery_codes(request: Any) -> HttpResponse:
    """The recovery codes, once."""
    codes = factors.see_recovery_codes(person=request.user)
    in_halves = [f"{code[:5]} {code[5:]}" for code in codes]
    return render(request, "mfa/recovery_codes/index.html", {"codes": in_halves, "onward": reverse("desk_home")})


@login_required
@proven_lately
def new_recovery_codes(request: Any) -> HttpResponse:
    """Ten new codes for those that were lost or used."""
    if request.method == "POST":
        try:
            factors.new_recovery_codes(person=request.user)
        except factors.NoFactor as refused:
            messages.error(request, str(refused))
            return redirect("mfa_index")
        return redirect("mfa_view_recovery_codes")
    return render(request, "mfa/recovery_codes/generate.html", {})
