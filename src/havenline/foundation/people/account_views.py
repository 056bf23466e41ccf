"""Signing in and out, and the own password: allauth's views with our forms and templates."""

from typing import Any

from allauth.account.views import AccountInactiveView, LoginView, LogoutView, PasswordChangeView, ReauthenticateView
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy

from havenline.foundation.people.forms import PasswordForm, SignInForm


class _SignIn(LoginView):  # type: ignore[misc]
    form_class = SignInForm
    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "agencys_sign_in": settings.INSTALLATION.sign_in.get("name", "")}


class _Password(PasswordChangeView):  # type: ignore[misc]
    """Whoever has no password, since their agency's sign-in lets them in, is told so."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return render(request, "account/no_password.html")
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    form_class = PasswordForm
    template_name = "account/password_change.html"
    success_url = reverse_lazy("people:account")


sign_in = _SignIn.as_view()
sign_out = LogoutView.as_view()
closed = AccountInactiveView.as_view()
reauthenticate = ReauthenticateView.as_view()
change_password = _Password.as_view()
