"""Editions of a URL list: made twice a day, signed, and each with the moment after which nobody should rely on it."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.lists.exchange import queries
from havenline.foundation.lists.exchange.models import Edition
from havenline.foundation.lists.exchange.told import iso
from havenline.foundation.lists.models import KnownList, Signal
from havenline.foundation.sealing import keys

LASTS = timedelta(hours=24)  # the next comes after twelve, so that one may fail
KEPT = timedelta(days=14)
HOURS = (6, 18)  # UTC


def editions_due(known_list: KnownList) -> datetime | None:
    """The hour of the edition that should stand and does not; None where it does."""
    now = moment.now()
    hours = [now.replace(hour=hour, minute=0, second=0, microsecond=0) - timedelta(days=days) for days in (0, 1) for hour in HOURS]
    due = max(hour for hour in hours if hour <= now)
    newest = Edition.objects.filter(known_list=known_list).order_by("-made_at").values_list("made_at", flat=True).first()
    return due if newest is None or newest < due else None


@transaction.atomic
def make_editions(*, known_list: KnownList, by: Actor) -> list[Edition]:
    """All forms of a URL list as it stands now; those that are older than two weeks go."""
    now, key = moment.now(), keys.lists_key()
    number = now.strftime("%Y-%m-%d-%H%M")
    if (already := list(Edition.objects.filter(known_list=known_list, number=number))) or known_list.kind != KnownList.Kind.URL:
        return already
    entries = [(one.signal, one.value) for one in queries.standing(known_list)]
    made = [_edition(known_list, form, entries, number, now, key) for form in Edition.Form]
    Edition.objects.filter(known_list=known_list, made_at__lt=now - KEPT).delete()
    ledger.record(by, "made an edition of a list", known_list, reason=number)
    return made


def _edition(
    known_list: KnownList, form: str, entries: list[tuple[str, str]], number: str, now: datetime, key: proof.SigningKey
) -> Edition:
    lines = sorted(set(_lines(form, entries)))
    expires = now + LASTS
    head = {
        "list": known_list.slug,
        "keeper": known_list.agency.name,
        "form": form,
        "edition": number,
        "made": iso(now),
        "expires": iso(expires),
        "count": str(len(lines)),
        "licence": known_list.licence,
    }
    said = "".join(f"# {name}: {' '.join(words.split())}\n" for name, words in head.items() if words)
    body = said + "".join(f"{line}\n" for line in lines)
    digest = hashlib.sha256(body.encode()).hexdigest()
    text = f"havenline list edition\n{known_list.slug}\n{form}\n{number}\n{iso(expires)}\n{len(lines)}\n{digest}\n"
    return Edition.objects.create(
        known_list=known_list,
        form=form,
        number=number,
        made_at=now,
        expires_at=expires,
        count=len(lines),
        sha256=digest,
        body=body,
        note=proof.signed(text, [key]),
    )


def _lines(form: str, entries: list[tuple[str, str]]) -> Iterator[str]:
    """A hosts file blocks a whole host: only a host that is listed as one stands in it, never the host of an address."""
    for signal, value in entries:
        if form == Edition.Form.PLAIN:
            yield value
        elif form == Edition.Form.HASHED:
            yield hashlib.sha256(value.encode()).hexdigest()
        elif signal == Signal.HOST:
            yield f"0.0.0.0 {value}"
