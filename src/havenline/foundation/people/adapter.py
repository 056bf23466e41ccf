"""Where django-allauth asks us."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.core import context
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.people import actions, places
from havenline.foundation.people.models import Person, Visit
from havenline.foundation.people.sessions import visit_of

# One sentence for every failure: it tells nobody which accounts there are, nor which of them are locked.
REFUSED = _(
    "The address or the password is not right. After five tries an account stays locked for 15 minutes: "
    "then try again, or ask your administrator to unlock it."
)
# Of the network, whatever the account: it tells nobody of accounts either.
TOO_MANY_NEAR = _("Many sign-ins from your network have failed. Wait a quarter of an hour, then try again.")


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves; repeated failures lock an account for a while, counted in the database for all processes."""

    error_messages = {**DefaultAccountAdapter.error_messages, "email_password_mismatch": REFUSED}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing of allauth's is mailed: passwords are set by their owner at the desk, or anew by an administrator."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person, or None: unknown, locked, closed or a wrong password look alike and take the same time."""
        email, password = str(credentials.get("email", "")), str(credentials.get("password", ""))
        near = places.near(request)
        if not actions.near_allowed(near):
            raise ValidationError(TOO_MANY_NEAR)
        if not actions.sign_in_attempt_allowed(email=email):
            actions.take_the_time_of_a_password(password)
            actions.failed_near(near)
            return None
        person = authenticate(request, email=email, password=password)
        if not isinstance(person, Person):
            actions.sign_in_failed(email=email)
            actions.failed_near(near)
            return None
        actions.attempt_was_right(person=person)
        return person

    def login(self, request: HttpRequest, user: Person) -> None:
        """Everything that is asked of this person was right."""
        super().login(request, user)
        actions.sign_in(person=user)

    def logout(self, request: HttpRequest) -> None:
        visit_id = visit_of(request)
        visit = Visit.objects.filter(pk=visit_id).first() if visit_id else None
        if visit is not None:
            actions.end_visit(visit=visit, why=Visit.Why.SIGNED_OUT, by=visit.person)
        super().logout(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in within the last minutes has just shown who they are."""
        request = context.request
        shown = [one["at"] for one in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, ())]
        latest = max(shown, default=0)
        return bool(moment.now().timestamp() - latest > app_settings.REAUTHENTICATION_TIMEOUT)

    def set_password(self, user: Person, password: str) -> None:
        actions.change_password(person=user, password=password, visit=visit_of(context.request))
