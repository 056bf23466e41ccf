"""A session, and second factors, as far as they are one's own. Apart from the room's queries: where nobody signs in no factor is known."""

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from havenline.foundation.people.models import Draft, Person, Visit

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes replace a factor that was lost, and are none themselves


def factors_of(person: Person) -> QuerySet[Any]:
    """A person's own second factors, the oldest first."""
    found: QuerySet[Any] = Authenticator.objects.filter(user=person).order_by("pk")
    return found


def visit(pk: UUID) -> Any:
    """One session, and in the same question, since every page asks, whether its person has drafts (`has_drafts`) and a second factor
    (`has_factor`). None where there is none."""
    drafts = Draft.objects.filter(person=OuterRef("person"))
    factors = Authenticator.objects.filter(user=OuterRef("person"), type__in=FACTORS)
    return Visit.objects.filter(pk=pk).annotate(has_drafts=Exists(drafts), has_factor=Exists(factors)).first()
