"""Who acts in a measurement. Called inside an installation."""

import time
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import actions as people
from havenline.foundation.people.actions import factors
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, Role


def platforms(number: int) -> list[str]:
    """So many platforms, each with a key: the keys."""
    keys = []
    for one in range(number):
        agency = people.add_agency(name=f"chat{one}.example", kind=AgencyKind.PLATFORM, by=INSTALLATION)
        keys.append(people.make_api_key(agency=agency, by=INSTALLATION)[1])
    return keys


def analyst() -> Membership:
    """An analyst of the hotline; the same one each time."""
    hotline = Agency.objects.filter(kind=AgencyKind.HOTLINE).order_by("pk")[0]
    found = Membership.objects.filter(agency=hotline, role=Role.ANALYST).select_related("person", "agency").first()
    if found is None:
        person, _password = people.add_person(name="Robin Osei", email="robin@hotline.example", by=INSTALLATION)
        found = people.give_membership(person=person, agency=hotline, role=Role.ANALYST, by=INSTALLATION)
        secret = factors.new_secret()  # asked for before any page opens
        factors.add_code_app(person=person, secret=secret, code=factors.code_at(secret, int(time.time()) // factors.STEP))
    return found


def signed_in() -> str:
    """The cookie of a browser in which the analyst is signed in."""
    person = analyst().person
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
