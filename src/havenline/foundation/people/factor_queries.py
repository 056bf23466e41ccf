"""Second factors, as far as they are one's own. Apart from the room's queries: processes at which nobody signs in know no factors."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from havenline.foundation.people.models import Person


def factors_of(person: Person) -> QuerySet[Any]:
    """A person's own second factors, the oldest first."""
    found: QuerySet[Any] = Authenticator.objects.filter(user=person).order_by("pk")
    return found
