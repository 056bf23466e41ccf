"""What is sealed for a person: under a key of their own, wrapped to the desk alone."""

import base64

from django.db import IntegrityError, transaction

from havenline.foundation.people.models import Person
from havenline.foundation.sealing import actions as sealing


def key_of(person: Person) -> sealing.RecordKey:
    """The person's own key, made at its first use. Raises KeyDestroyed after erasure, keys.KeyNotHere in the public process."""
    try:
        return sealing.own_key_of(person.sealed_as)
    except sealing.KeyDestroyed:
        try:
            with transaction.atomic():
                return sealing.new_key(person.sealed_as)
        except IntegrityError:  # made by another request meanwhile, or destroyed for good: then this raises again
            return sealing.own_key_of(person.sealed_as)


def seal(person: Person, field: str, words: str) -> str:
    """Sealed words as text: nobody without the desk's key reads them, and in another person's row they do not open."""
    return base64.b64encode(key_of(person).seal(field, words)).decode()


def open_for(person: Person, field: str, sealed: str) -> str:
    """Raises sealing.NotSealedByThisKey where they are another's, or were altered."""
    return key_of(person).open(field, base64.b64decode(sealed))
