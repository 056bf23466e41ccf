"""Signing in and out, and the own password: allauth's views with our forms and templates."""

from allauth.account.views import AccountInactiveView, LoginView, LogoutView, PasswordChangeView, ReauthenticateView
from django.urls import reverse_lazy

from havenline.foundation.people.forms import PasswordForm, SignInForm


class _SignIn(LoginView):  # type: ignore[misc]
    form_class = SignInForm
    template_name = "account/login.html"


class _Password(PasswordChangeView):  # type: ignore[misc]
    form_class = PasswordForm
    template_name = "account/password_change.html"
    success_url = reverse_lazy("people:account")


sign_in = _SignIn.as_view()
sign_out = LogoutView.as_view()
closed = AccountInactiveView.as_view()
reauthenticate = ReauthenticateView.as_view()
change_password = _Password.as_view()
