"""Behind the link of a letter about an account, and the own new address. Opening a link changes nothing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from havenline.foundation.people import actions
from havenline.foundation.people.actions import account_links
from havenline.foundation.people.factor_views import proven_lately
from havenline.foundation.people.forms import AddressForm, NewPasswordForm
from havenline.foundation.people.models import AccountLink


@sensitive_post_parameters()
@sensitive_variables("token")
def invitation(request: Any, token: str) -> HttpResponse:
    """Set the own password."""
    try:
        person = account_links.find(kind=AccountLink.Kind.INVITATION, token=token).person
        form = NewPasswordForm(request.POST or None, person=person)
        if request.method == "POST" and form.is_valid():
            actions.accept_invitation(token=token, password=form.cleaned_data["password1"])
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("account_login")
    except actions.LinkEnded as ended:
        return _ended(request, ended)
    return render(request, "account/invitation.html", {"form": form, "whose": person})


@sensitive_variables("token")
def confirm_address(request: Any, token: str) -> HttpResponse:
    """Say that the address to which the letter came is one's own."""
    try:
        link = account_links.find(kind=AccountLink.Kind.ADDRESS, token=token)
        if request.method == "POST":
            actions.confirm_address(token=token)
            messages.success(request, _("Sign in with this address from now on."))
            return redirect("account_login")
    except actions.LinkEnded as ended:
        return _ended(request, ended)
    except actions.EmailTaken as taken:
        messages.error(request, str(taken))
        return redirect("account_login")
    return render(request, "account/confirm_address.html", {"address": link.address, "whose": link.person})


def _ended(request: Any, why: Exception) -> HttpResponse:
    return render(request, "account/link_ended.html", {"why": str(why)}, status=404)


@login_required
@proven_lately
def change_address(request: Any) -> HttpResponse:
    """Ask for a new address of one's own; it is in force once the letter there was answered."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_for_new_address(person=request.user, address=form.cleaned_data["email"])
        except (actions.EmailTaken, actions.NoMail) as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(request, _("We have written to it. Until you open the link there, sign in with the address that you have."))
            return redirect("people:account")
    return render(request, "account/change_address.html", {"form": form})
