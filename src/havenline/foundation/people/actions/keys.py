"""The keys of platforms: shown once, kept as their hash."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.actions.errors import KeyRefused, NotAPlatform
from havenline.foundation.people.actions.letting_in import must_administer
from havenline.foundation.people.models import Agency, ApiKey
from havenline.foundation.people.roles import AgencyKind

USED_NOTED_EVERY = timedelta(minutes=1)  # the last use of a key is for people to read, not for counting


@transaction.atomic
def make_api_key(*, agency: Agency, by: Actor, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """A key for a platform, and the key itself in clear: shown once, kept as its hash. Raises NotAPlatform, NotYourRole."""
    must_administer(by)
    if agency.kind != AgencyKind.PLATFORM:
        raise NotAPlatform(_("Keys are for platforms. People of %(agency)s sign in.") % {"agency": agency.name})
    prefix = secrets.token_hex(4)
    raw = f"{prefix}.{secrets.token_urlsafe(32)}"
    api_key = ApiKey.objects.create(agency=agency, prefix=prefix, hash=_hash_of(raw), made_at=moment.now(), expires_at=expires_at)
    ledger.record(by, "made a key", api_key, to=agency.slug)
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


def authenticate_api_key(raw: str) -> ApiKey:
    """The key that a platform showed; its last use is noted once a minute. Raises KeyRefused."""
    prefix = raw.partition(".")[0][:12].encode(errors="replace").decode()
    api_key = ApiKey.objects.select_related("agency").filter(prefix=prefix).first()
    same = hmac.compare_digest(api_key.hash if api_key else _hash_of("no such key"), _hash_of(raw))
    now = moment.now()
    if api_key is None or not same or api_key.revoked_at or (api_key.expires_at and api_key.expires_at <= now):
        raise KeyRefused(_("This key is not known, was revoked, or has run out. Ask the hotline for a new one."))
    if api_key.last_used_at is None or api_key.last_used_at < now - USED_NOTED_EVERY:
        ApiKey.objects.filter(pk=api_key.pk).update(last_used_at=now)
        api_key.last_used_at = now
    return api_key


def _hash_of(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
