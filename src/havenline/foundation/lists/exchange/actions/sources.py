"""Where a list is pulled from: named, paused, asked now."""

from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.lists.actions import MANAGERS, must_keep
from havenline.foundation.lists.exchange.actions import pulling
from havenline.foundation.lists.exchange.models import Source
from havenline.foundation.lists.models import KnownList
from havenline.foundation.people.models import Membership
from havenline.foundation.sealing import actions as sealing


class BadSource(Exception):
    """A source cannot be what was said; says what to do."""


@transaction.atomic
def set_source(
    *,
    known_list: KnownList,
    kind: str,
    address: str,
    by: Actor,
    user: str = "",
    secret: str | None = None,
    signers: str = "",
    every_minutes: int = 360,
) -> Source:
    """Say where a list is pulled from, or change it. `secret` is sealed, and None leaves it; another place begins from its first page.

    Raises BadSource, NotYourRole, NotYourList.
    """
    must_keep(known_list, by, *MANAGERS)
    if known_list.origin == KnownList.Origin.OWN or not known_list.is_open:
        raise BadSource(
            _("Only a list of another body’s, which is open, is pulled. Make one for it: what comes from there is their claim.")
        )
    address = address.strip().rstrip("/")
    _check(kind, address, user, signers, every_minutes)
    source = Source.objects.select_for_update().filter(known_list=known_list).first()
    is_new = source is None
    source = source or Source(known_list=known_list, made_at=moment.now(), made_by=by if isinstance(by, Membership) else None)
    moved = (source.kind, source.address) != (kind, address)
    source.kind, source.address, source.user = kind, address, user.strip()
    source.signers, source.every_minutes = "\n".join(signers.split()), every_minutes
    if moved:
        source.cursor, source.next_at = {}, moment.now()
        if secret is None:
            source.secret_sealed = ""  # one place's secret is not told to another
        if not is_new:
            _give_up(source)
    source.failures, source.problem, source.problem_at = 0, "", None
    source.save()
    if secret:
        source.secret_sealed = _seal(source, secret)
        source.save(update_fields=["secret_sealed"])
    ledger.record(by, "named a list’s source", source, changed={"kind": kind, "address": address})
    return source


def _check(kind: str, address: str, user: str, signers: str, every_minutes: int) -> None:
    if kind not in Source.Kind.values:
        raise BadSource(_("Choose what kind of source it is."))
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or len(address) > 300 or not address.isascii() or not address.isprintable() or " " in address:
        raise BadSource(_("Give the whole address, beginning with https://."))
    if parts.username or parts.password:
        raise BadSource(_("Name and secret have fields of their own: take them out of the address."))
    if parts.query or parts.fragment:
        raise BadSource(_("An address of a source ends before “?” and “#”."))
    if len(user) > 120 or ":" in user or not user.isprintable():
        raise BadSource(_("A user’s name has at most 120 signs, and no colon."))
    if not 5 <= every_minutes <= 7 * 24 * 60:
        raise BadSource(_("Ask every five minutes at the most, and once a week at the least."))
    if kind == Source.Kind.SNAPSHOT:
        try:
            told = [proof.VerifierKey.read(line) for line in signers.split()]
        except proof.BadKey as error:
            raise BadSource(str(error)) from error
        if not told:
            raise BadSource(_("Say which key signs what comes from there: they tell it by havenline lists key, by telephone or on paper."))


def _seal(source: Source, secret: str) -> str:
    try:
        key = sealing.own_key_of(source.sealed_as)
    except sealing.KeyDestroyed:
        key = sealing.new_key(source.sealed_as)
    return key.seal("secret", secret).hex()


def secret_of(source: Source) -> str:
    """In clear, where this process may open it. Raises sealing's errors."""
    return sealing.own_key_of(source.sealed_as).open("secret", bytes.fromhex(source.secret_sealed)) if source.secret_sealed else ""


def _give_up(source: Source) -> None:
    """What was half read is forgotten; what waits for a person stays with the list."""
    if (pull := source.pull) is not None and pull.list_import_id is None:
        pulling.forget(pull)


@transaction.atomic
def pause(*, source: Source, by: Actor) -> Source:
    """It is asked no more until somebody lets it go on. Pausing twice changes nothing."""
    must_keep(source.known_list, by, *MANAGERS)
    source = Source.objects.select_for_update().get(pk=source.pk)
    if source.paused_at is None:
        source.paused_at = moment.now()
        source.save(update_fields=["paused_at"])
        ledger.record(by, "paused a list’s source", source)
    return source


@transaction.atomic
def go_on(*, source: Source, by: Actor) -> Source:
    """It is asked again, at once."""
    must_keep(source.known_list, by, *MANAGERS)
    source = Source.objects.select_for_update().get(pk=source.pk)
    if source.paused_at is not None:
        source.paused_at, source.next_at, source.failures, source.problem = None, moment.now(), 0, ""
        source.save(update_fields=["paused_at", "next_at", "failures", "problem"])
        ledger.record(by, "let a list’s source go on", source)
    return source


@transaction.atomic
def ask_now(*, source: Source, by: Actor, anew: bool = False) -> Source:
    """Let the worker ask it next. `anew`: from its first page, as if nothing had been read."""
    must_keep(source.known_list, by, *MANAGERS)
    source = Source.objects.select_for_update().get(pk=source.pk)
    if source.paused_at is not None:
        raise BadSource(_("It is paused. Let it go on first."))
    if anew:
        _give_up(source)
        source.cursor = {}
    source.next_at = moment.now()
    source.save(update_fields=["next_at", "cursor"])
    ledger.record(by, "asked a list’s source now", source, reason="anew" if anew else "")
    return source
