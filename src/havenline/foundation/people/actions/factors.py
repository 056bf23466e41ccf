"""Second factors: codes of an app, passkeys, recovery codes. Their secrets are sealed with the person's own key.

django-allauth asks for them as somebody signs in, and keeps the rows; what changes them stands here.
"""

import base64
import hmac
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people import sealed
from havenline.foundation.people.actions.signing_in import attempt_was_right, sign_in_attempt_allowed, sign_in_failed
from havenline.foundation.people.factor_queries import FACTORS
from havenline.foundation.people.models import Person

Kind = Authenticator.Type
STEP = 30  # seconds that a code lasts (RFC 6238)
STEPS_ASIDE = 1  # a clock may go this many steps wrong, either way
RECOVERY_CODES = 10


class WrongCode(ValueError):
    """Not a code of this person, used already, or the account is locked: one sentence for all."""


class LastFactor(ValueError):
    """An installation asks for a second factor, so the last one is not removed."""


class NoFactor(ValueError):
    """Recovery codes stand in for a factor: there must be one."""


def has_factor(person: Person) -> bool:
    """Whether something beside the password is asked of this person."""
    return bool(Authenticator.objects.filter(user=person, type__in=FACTORS).exists())


def must_add_factor(person: Person) -> bool:
    """Whether this person must add a second factor before anything else."""
    return bool(settings.SECOND_FACTOR_REQUIRED and not has_factor(person))


def new_secret() -> str:
    """What an app makes its codes from, as it is typed or scanned: 160 bits."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The six digits of one step."""
    made = TOTP(base64.b32decode(secret), 6, SHA1(), STEP, enforce_key_length=False)  # noqa: S303  (what every app speaks; HMAC needs no collisions)
    return made.generate(step * STEP).decode()


@transaction.atomic
def add_code_app(*, person: Person, secret: str, code: str) -> Authenticator:
    """Ask for an app's codes from now on; the first one shows that the app has the secret. Raises WrongCode."""
    step = _step_of(secret, code)
    if step is None:
        raise WrongCode(_("This is not the code of now. Enter the six digits that the app shows, and look at your device’s clock."))
    Authenticator.objects.filter(user=person, type=Kind.TOTP).delete()
    said = {"secret": sealed.seal(person, "second factor", secret), "last_step": step}
    return _added(person, Authenticator(user=person, type=Kind.TOTP, data=said))


@transaction.atomic
def add_passkey(*, person: Person, name: str, credential: dict[str, Any]) -> Authenticator:
    """Keep the public half of a passkey that the browser has just made, and that was checked."""
    return _added(person, Authenticator(user=person, type=Kind.WEBAUTHN, data={"name": name, "credential": credential}))


def _added(person: Person, factor: Authenticator) -> Authenticator:
    factor.created_at = moment.now()
    factor.save()
    ledger.record(person, "added a second factor", person, reason=factor.type)
    if not Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).exists():
        _make_recovery_codes(person)
    return factor


@transaction.atomic
def new_recovery_codes(*, person: Person) -> Authenticator:
    """Ten new codes; the old ones end. Raises NoFactor."""
    if not has_factor(person):
        raise NoFactor(_("Recovery codes stand in for a second factor. Add one first."))
    Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).delete()
    return _make_recovery_codes(person)


def _make_recovery_codes(person: Person) -> Authenticator:
    codes = [f"{secrets.randbelow(10**10):010}" for _code in range(RECOVERY_CODES)]
    made = Authenticator.objects.create(
        user=person,
        type=Kind.RECOVERY_CODES,
        data={"unused": sealed.seal(person, "recovery codes", " ".join(codes))},
        created_at=moment.now(),
    )
    ledger.record(person, "made recovery codes", person)
    return made


@transaction.atomic
def see_recovery_codes(*, person: Person) -> list[str]:
    """The codes, once: whoever looks again finds none and makes new ones."""
    kept = Authenticator.objects.select_for_update().filter(user=person, type=Kind.RECOVERY_CODES).first()
    if kept is None or kept.data.get("viewed_at"):
        return []
    kept.data["viewed_at"] = moment.now().isoformat()
    kept.save(update_fields=["data"])
    ledger.record(person, "saw recovery codes", person)
    return _unused(kept)


def _unused(kept: Authenticator) -> list[str]:
    return sealed.open_for(kept.user, "recovery codes", kept.data["unused"]).split()


@transaction.atomic
def remove_factor(*, person: Person, factor: Authenticator) -> None:
    """Ask for it no more; with the last one the recovery codes go too. Raises LastFactor."""
    others = Authenticator.objects.select_for_update().filter(user=person, type__in=FACTORS).exclude(pk=factor.pk)
    if not others.exists():
        if settings.SECOND_FACTOR_REQUIRED:
            raise LastFactor(_("This is your only second factor. Add another one first; then this one can go."))
        Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).delete()
    kind = factor.type
    factor.delete()
    ledger.record(person, "removed a second factor", person, reason=kind)


def forget_all(*, person: Person) -> None:
    """Within the act that resets them: factors and recovery codes are gone, and the next sign-in asks for new ones."""
    Authenticator.objects.filter(user=person).delete()


def use_code(*, person: Person, code: str) -> Authenticator:
    """A code of the app or a recovery code, each good once. Counted like a password, before it is looked at. Raises WrongCode."""
    if sign_in_attempt_allowed(email=person.email):
        with transaction.atomic():
            used = _used(person, "".join(code.split()).replace("-", ""))
            if used is not None:
                attempt_was_right(person=person)
                ledger.record(person, "used a second factor", person, reason=used.type)
                return used
        sign_in_failed(email=person.email, reason="second factor")
    raise WrongCode(_("This code is not right, or was used already. After five tries an account stays locked for 15 minutes."))


def _used(person: Person, code: str) -> Authenticator | None:
    for factor in Authenticator.objects.select_for_update().filter(user=person, type__in=(Kind.TOTP, Kind.RECOVERY_CODES)).order_by("pk"):
        if factor.type == Kind.RECOVERY_CODES:
            unused = _unused(factor)
            if code in unused:
                unused.remove(code)
                factor.data["unused"] = sealed.seal(person, "recovery codes", " ".join(unused))
                factor.save(update_fields=["data"])
                return factor
        elif (step := _step_of(sealed.open_for(person, "second factor", factor.data["secret"]), code)) is not None:
            if step <= factor.data.get("last_step", 0):
                continue  # shown and used: whoever looked over a shoulder comes too late
            factor.data["last_step"] = step
            factor.save(update_fields=["data"])
            return factor
    return None


def _step_of(secret: str, code: str) -> int | None:
    """The step whose code this is, near now."""
    now = int(moment.now().timestamp()) // STEP
    near = range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1)
    return next((step for step in near if hmac.compare_digest(code_at(secret, step).encode(), code.encode())), None)


@transaction.atomic
def passkey_used(*, person: Person) -> None:
    """The browser proved that it holds a passkey of this person."""
    ledger.record(person, "used a second factor", person, reason=Kind.WEBAUTHN)


@transaction.atomic
def passkey_failed(*, person: Person) -> None:
    """What the browser sent was signed by no passkey of this person. Nothing can be guessed, so nothing is locked."""
    ledger.record(person, "failed to sign in", person, reason=Kind.WEBAUTHN)
