"""Whom and what the entries of the ledger name, for oversight's screens. The ledger's own room knows no people."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from havenline.foundation.clocks.models import Clock
from havenline.foundation.ledger.models import Refusal
from havenline.foundation.ledger.queries import Said
from havenline.foundation.people.models import Agency, ApiKey, Membership, Person
from havenline.foundation.people.roles import Role


@dataclass(frozen=True)
class Names:
    """People by what the ledger calls them, agencies by slug, titles of clocks by key."""

    people: dict[str, str]
    agencies: dict[str, Agency]
    clocks: dict[str, str]


def actors(typed: str, *, by: Membership) -> set[str]:
    """What the ledger calls whoever fits a name, an address, or a platform's name. Raises NotYourRole."""
    by.must_be(Role.AUDITOR)
    people = Person.objects.filter(Q(name__icontains=typed) | Q(email__iexact=typed)).values_list("pk", flat=True)
    prefixes = ApiKey.objects.filter(agency__name__icontains=typed).values_list("prefix", flat=True)
    return {*(f"person:{pk}" for pk in people), *(f"key:{prefix}" for prefix in prefixes), typed}


def agencies(*, by: Membership) -> QuerySet[Agency]:
    """Raises NotYourRole."""
    by.must_be(Role.AUDITOR)
    return Agency.objects.all()


def named_in(found: list[Said], *, by: Membership) -> Names:
    """Raises NotYourRole."""
    by.must_be(Role.AUDITOR)
    ids = {said.actor.partition(":")[2] for said in found if said.actor.startswith("person:")}
    ids |= {said.object.partition(" ")[2] for said in found if said.object.startswith("person ")}
    numbers = [int(key) for said in found if said.object.startswith("clock ") and (key := said.object.partition(" ")[2]).isdigit()]
    return Names(
        people={f"person:{person.pk}": person.name for person in Person.objects.filter(pk__in=ids)},
        agencies={agency.slug: agency for agency in Agency.objects.all()},
        clocks={str(clock.pk): clock.title for clock in Clock.objects.filter(pk__in=numbers)},
    )


def refusals(*, by: Membership) -> QuerySet[Refusal]:
    """What witnesses refused. Raises NotYourRole."""
    by.must_be(Role.AUDITOR)
    return Refusal.objects.all()
