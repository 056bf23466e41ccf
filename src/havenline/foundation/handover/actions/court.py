"""A copy of a record for a court: what it says, and who decided what, by name, with the ledger's proof in the file itself."""

import base64
import binascii
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.handover.actions.moving import ReasonMissing
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.reading import laid_out
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.models import Link
from havenline.foundation.ledger.queries import Said
from havenline.foundation.people.models import Agency, Membership, Person
from havenline.foundation.people.roles import FileKind, Role
from havenline.foundation.records.masking import Sight, sight_of
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import passages_of
from havenline.foundation.sealing import keys
from havenline.foundation.sealing.actions import KeyDestroyed, NotSealedByThisKey

ROLES = dict(Role.choices)


def copy_of(record: Record, *, why: str, by: Membership) -> str:
    """The copy, as one text. That it was made, by whom, `why` (the proceedings, in words), and its digest are on the ledger: the entry
    that vouches for it.

    Raises ReasonMissing, NotPartyToRecord, KeyMissing where nothing signs here.
    """
    by.must_be_party_to(record)
    if not why.strip():
        raise ReasonMissing(_("Say for which proceedings the copy is, and who asked for it."))
    key = keys.ledger_key()
    sight = sight_of(record, by=by)
    text = _document(record, sight)
    with transaction.atomic():
        entry = ledger.record(
            by,
            "made a copy for a court",
            record,
            reason="court",
            words=_sealable(record, why),
            shown=sight.shown,
            digest=proof.digest_of(text),
        )
    ledger.append_committed()
    checkpoint = ledger.sign_checkpoint(key)
    link = Link.objects.get(entry=entry)
    assert checkpoint is not None  # noqa: S101  (the entry stands)
    return proof.write_copy(text, entry=entry.body, proof=queries.proof_of(link, checkpoint))


def _sealable(record: Record, why: str) -> str:
    """Of what was erased nothing is said any more that only its key could keep."""
    try:
        record.ledger_seal()
    except KeyDestroyed:
        return ""
    return why.strip()[:300]


def _document(record: Record, sight: Sight) -> str:
    by = sight.by
    now = moment.now()
    reads_words = by.role != Role.AUDITOR  # oversight sees who did what and when, never what was written
    lines = [
        f"{record.get_kind_display()} {record.reference}",
        _("Held by %(agency)s since %(when)s") % {"agency": record.agency.name, "when": _utc(record.opened_at)},
        _("Copy made by %(who)s on %(when)s") % {"who": _who(by.person.name, by.role, by.agency.name), "when": _utc(now)},
        # Nobody can guess the text, and so nobody can guess from the ledger what was copied.
        _("Mark of this copy: %(mark)s") % {"mark": secrets.token_hex(16)},
        "",
        _("WHO DID WHAT"),
        _("Each line is an entry of the ledger, with its place there."),
    ]
    said = queries.of_records([record.reference])
    lines += _acts(said, record if reads_words else None)
    if record.kind == FileKind.HAND_OVER and reads_words:
        lines += _handed_over(HandOver.objects.get(pk=record.pk), sight)
    elif reads_words:
        lines += _held(record, sight)
    for field in sight.withheld:
        told = {"field": field.title, "roles": field.shown_to, "agency": field.ask}
        lines += ["", _("Withheld from whoever made this copy: %(field)s. Shown to: %(roles)s. Ask %(agency)s.") % told]
    return "\n".join(lines)


def _acts(entries: list[Said], record: Record | None) -> Iterable[str]:
    ids = {said.actor.partition(":")[2] for said in entries if said.actor.startswith("person:")}
    people = {f"person:{person.pk}": person.name for person in Person.objects.filter(pk__in=ids)}
    agencies = dict(Agency.objects.values_list("slug", "name"))
    for said in entries:
        who = _who(people.get(said.actor, said.actor), said.role, agencies.get(said.agency, said.agency))
        place = said.sequence if said.sequence else _("waits")
        yield ""
        yield f"{place}  {_utc(said.at)}  {who}"
        yield f"    {said.verb}: {said.object}" + (f", {_('to')} {agencies.get(said.to, said.to)}" if said.to else "")
        if said.reason:
            yield f"    {_('reason')}: {said.reason.replace('_', ' ')}"
        if said.words and record is not None:
            yield f"    {_('in words')}: {_opened(record, said.words)}"


def _opened(record: Record, words: str) -> str:
    try:
        return " ".join(record.ledger_seal().open("words", base64.b64decode(words, validate=True)).split())
    except KeyDestroyed:
        return _("erased")
    except (NotSealedByThisKey, binascii.Error, ValueError):
        return " ".join(words.split())  # written where there was no key


def _handed_over(this: HandOver, sight: Sight) -> Iterable[str]:
    yield from ("", _("WHAT WAS HANDED OVER"))
    yield f"SHA-256: {this.package_digest}"
    try:
        parts: Any = laid_out(sight.of(this.contents()))
    except KeyDestroyed:
        yield _("erased")
        return
    for part in parts:
        yield from ("", part.title)
        yield from (f"    {fact.label}: {fact.value}" for fact in part.facts)
        if part.rows:
            yield f"    {' | '.join(part.columns)}"
            yield from (f"    {' | '.join(row)}" for row in part.rows)


def _held(record: Record, sight: Sight) -> Iterable[str]:
    yield from ("", _("WHAT IT SAYS"))
    try:
        passages = passages_of(record, sight)
    except KeyDestroyed:
        yield _("erased")
        return
    for one in passages:
        yield f"{one.label}:"
        yield from (f"    {line}" for line in one.words.splitlines())


def _who(name: str, role: str, agency: str) -> str:
    return ", ".join(filter(None, (name, str(ROLES.get(role, role)), agency)))


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
