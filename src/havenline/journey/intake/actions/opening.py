"""The desk opens what arrived: identifiers, items to grade, and where it stands in the queue. Never in the public process."""

import re

from django.db import transaction

from havenline.foundation import moment
from havenline.foundation.identifiers import actions as identifiers
from havenline.foundation.identifiers.canonical import NotAnIdentifier
from havenline.foundation.identifiers.models import Identifier, Kind, Sighting
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.records import actions as records
from havenline.foundation.sealing import actions as sealing
from havenline.journey.intake.actions.promising import promise
from havenline.journey.intake.actions.receiving import mac_of
from havenline.journey.intake.events import report_opened
from havenline.journey.intake.extraction import MOST, Found, from_answers, from_message
from havenline.journey.intake.models import Message, Report, ReportedItem, Urgency

WORDS_ALIKE = 4  # shorter texts ("help me") are no sign of a flood


@transaction.atomic
def open_report(*, report: Report, by: Actor = CLOCK) -> Report:
    """Open the sealed answers and index them. Opening twice changes nothing. Raises keys.KeyNotHere, sealing.KeyDestroyed."""
    report = Report.objects.select_for_update(of=("self",)).select_related("record").get(pk=report.pk)
    if report.opened_at is not None:
        return report
    records.wrap_for_parties(report.record)
    answers = report.answers()
    seen = _see(report, from_answers(answers), by)
    seen += _keep_pictures(report, by)
    child = answers["child"]
    report.child_known = bool(child["is_me"]) or answers["relation"] in {"me", "lives_with", "knows"}
    report.youngest_age = child["age"]
    report.urgency = Urgency.of(danger=report.danger, child_known=report.child_known, youngest_age=report.youngest_age)
    report.group = _group_of(report, " ".join((answers["happened"], answers["place"]["conversation"])), seen)
    report.opened_at = moment.now()
    report.save(update_fields=["child_known", "youngest_age", "urgency", "group", "opened_at"])
    ledger.record(by, "opened the report", report, changed={"items": report.items.count(), "identifiers": len(seen)}, station="opened")
    promise(report)
    report_opened.send(sender=Report, report=report)
    return report


@transaction.atomic
def open_message(*, message: Message, by: Actor = CLOCK) -> None:
    """Let the parties read what a reporter added, and index it. Doing it twice changes nothing."""
    if message.key_id is not None:
        sealing.wrap_message(message.report.reference, message.key_id)
    _see(message.report, from_message(message.words()), by)


def _see(report: Report, found: list[Found], by: Actor) -> list[Identifier]:
    seen = []
    number = report.items.count()
    for one in found:
        try:
            with transaction.atomic():
                sighting = identifiers.see(record=report.record, kind=one.kind, raw=one.raw, source=one.source, by=by)
        except NotAnIdentifier:
            continue  # it stays in the answers as it was written, where the analyst reads it
        seen.append(sighting.identifier)
        if one.is_item and not report.items.filter(identifier=sighting.identifier).exists():
            number += 1
            ReportedItem.objects.create(report=report, number=number, identifier=sighting.identifier)
    return seen


def _keep_pictures(report: Report, by: Actor) -> list[Identifier]:
    """Items of pictures that came by a perceptual hash: known by their SHA-256 too where it was given, else by a fingerprint alone."""
    seen = []
    for picture in report.pictures()[:MOST]:
        pdq = identifiers.keep_guarded(kind=Kind.PDQ, raw=picture["pdq"])
        if picture["sha256"]:
            seen += _see(report, [Found(Kind.SHA256, picture["sha256"], "hash given", is_item=True)], by)
            item = report.items.get(identifier__kind=Kind.SHA256, identifier__canonical=picture["sha256"].lower())
        else:
            item, _made = ReportedItem.objects.get_or_create(report=report, identifier=pdq, defaults={"number": report.items.count() + 1})
        item.pdq, item.pdq_quality = pdq, picture["quality"]
        item.save(update_fields=["pdq", "pdq_quality"])
    return seen


def _group_of(report: Report, words: str, seen: list[Identifier]) -> str:
    """What the report has in common with others of its source: an account or a host seen there before, else its words.

    Groups take turns in the queue, so that a flood of things alike buries nobody.
    """
    alike = [identifier.pk for identifier in seen if identifier.kind in {Kind.HOST, Kind.ACCOUNT, Kind.URL}]
    if alike:
        earlier = (
            Sighting.objects.filter(identifier__in=alike, record__report__source=report.source)
            .exclude(record=report.record_id)
            .exclude(record__report__group="")
            .order_by("-seen_at", "-pk")
            .values_list("record__report__group", flat=True)
            .first()
        )
        if earlier:
            return str(earlier)
    text = _said(words)
    if len(text.split()) >= WORDS_ALIKE:
        return mac_of(f"alike\0{report.source}\0text\0{text}")
    if seen:
        return mac_of(f"alike\0{report.source}\0{seen[0].kind}\0{seen[0].canonical}")
    return mac_of(f"alike\0{report.source}\0short\0{text}")


def _said(words: str) -> str:
    """A text without what a flood varies: case, addresses, numbers, signs and spaces."""
    words = re.sub(r"https?://\S+", " ", words.casefold())
    return " ".join(re.findall(r"[^\W\d_]+", words))
