"""The keys of platforms: shown once, kept as their hash."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.actions.errors import KeyRefused, NoScope, NotAPlatform, ScopeMissing
from havenline.foundation.people.actions.letting_in import must_administer
from havenline.foundation.people.models import Agency, ApiKey, Membership, Person
from havenline.foundation.people.roles import SCOPES_OF, Scope

LASTS = timedelta(days=365)
OVERLAP = timedelta(days=7)  # that an old key lives on beside the one that replaces it
USED_NOTED_EVERY = timedelta(minutes=1)  # the last use of a key is for people to read, not for counting


@transaction.atomic
def make_api_key(
    *,
    agency: Agency,
    by: Actor,
    scopes: Sequence[str] = tuple(Scope),
    answerable: Person | None = None,
    lasts: timedelta = LASTS,
) -> tuple[ApiKey, str]:
    """A key for a platform, or for whoever else may ask what is known, and the key itself in clear: shown once, kept as its hash.

    `answerable`: a person of the platform; the key ends with their account. Raises NotAPlatform, NoScope, NotYourRole.
    """
    must_administer(by)
    if not set(scopes) <= set(SCOPES_OF.get(agency.kind, ())):
        raise NotAPlatform(_("Such keys are for platforms. People of %(agency)s sign in.") % {"agency": agency.name})
    if answerable is not None and not Membership.objects.current().filter(person=answerable, agency=agency).exists():
        raise NotAPlatform(_("%(name)s does not act for %(agency)s.") % {"name": answerable.name, "agency": agency.name})
    if not scopes:
        raise NoScope(_("Choose what the key may do."))
    kept = [Scope(scope).value for scope in scopes]
    api_key, raw = _made(ApiKey(agency=agency, scopes=kept, answerable=answerable), lasts)
    ledger.record(by, "made a key", api_key, to=agency.slug, reason=" ".join(kept))
    return api_key, raw


@transaction.atomic
def rotate_api_key(*, api_key: ApiKey, by: Actor, overlap: timedelta = OVERLAP) -> tuple[ApiKey, str]:
    """A key of the same rights for another year; the old one opens for `overlap` yet: nothing stops. Raises KeyRefused, NotYourRole."""
    must_administer(by)
    api_key = ApiKey.objects.select_for_update().get(pk=api_key.pk)
    if api_key.has_ended:
        raise KeyRefused(_("This key has ended already. Make a new one."))
    new = ApiKey(agency_id=api_key.agency_id, scopes=api_key.scopes, answerable_id=api_key.answerable_id, first_id=api_key.line)
    new, raw = _made(new, LASTS)
    ends = moment.now() + overlap
    api_key.expires_at = min(api_key.expires_at or ends, ends)
    api_key.save(update_fields=["expires_at"])
    ledger.record(by, "rotated a key", new, to=new.agency.slug, changed={"instead of": api_key.prefix, "which ends": api_key.expires_at})
    return new, raw


def _made(api_key: ApiKey, lasts: timedelta) -> tuple[ApiKey, str]:
    api_key.prefix, api_key.made_at = secrets.token_hex(4), moment.now()
    api_key.expires_at = api_key.made_at + lasts
    raw = f"{api_key.prefix}.{secrets.token_urlsafe(32)}"
    api_key.hash = _hash_of(raw)
    api_key.save(force_insert=True)
    return api_key, raw


@transaction.atomic
def revoke_api_key(*, api_key: ApiKey, by: Actor) -> ApiKey:
    """From here on the key opens nothing. Revoking twice changes nothing."""
    must_administer(by)
    if api_key.revoked_at is None:
        api_key.revoked_at = moment.now()
        api_key.save(update_fields=["revoked_at"])
        ledger.record(by, "revoked a key", api_key, to=api_key.agency.slug)
    return api_key


def authenticate_api_key(raw: str, *, scope: str) -> ApiKey:
    """The key that a platform showed; its last use is noted once a minute. Raises KeyRefused, ScopeMissing."""
    prefix = raw.partition(".")[0][:12].encode(errors="replace").decode()
    api_key = ApiKey.objects.select_related("agency", "answerable").filter(prefix=prefix).first()
    same = hmac.compare_digest(api_key.hash if api_key else _hash_of("no such key"), _hash_of(raw))
    now = moment.now()
    nobody_answers = api_key is not None and api_key.answerable is not None and not api_key.answerable.is_active
    if api_key is None or not same or api_key.has_ended or nobody_answers:
        raise KeyRefused(_("This key is not known, was revoked, or has run out. Ask the hotline for a new one."))
    if api_key.last_used_at is None or api_key.last_used_at < now - USED_NOTED_EVERY:
        ApiKey.objects.filter(pk=api_key.pk).update(last_used_at=now)
        api_key.last_used_at = now
    if scope not in api_key.scopes:
        raise ScopeMissing(_("This key is not for that. Ask the hotline for one that may: %(scope)s.") % {"scope": Scope(scope).label})
    return api_key


def _hash_of(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
