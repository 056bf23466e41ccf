"""Every screen and paper that shows proof says how far it is witnessed; a contradiction is an alarm for oversight and administrator."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from havenline.cli import checks
from havenline.engines import proof
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Refusal
from havenline.foundation.ledger.queries import witnesses
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.sealing import keys
from havenline.site.witness import Place
from tests import factories

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]
WITNESS = proof.SigningKey.make("witness.example.org/w1", proof.COSIGNS)
NOT_WITNESSED = "Not witnessed:"


def proofs(client: Client, reference: str) -> dict[str, str]:
    """Every place that shows proof to an auditor, and the foot of a paper."""
    pages = {name: client.get(reverse(f"ledger:{name}")).content.decode() for name in ("check", "entries")}
    pages["checked"] = client.post(reverse("ledger:check")).content.decode()
    pages["trace"] = client.get(reverse("handover:trace", args=[reference])).content.decode()
    return {**pages, "paper": render_to_string("look/print_foot.html", {"case": "HL-7K2M-94QD"})}


def test_before_any_has_cosigned_every_screen_that_shows_proof_says_not_witnessed(
    signed_in: SignedIn, auditor: Membership, hotline: Agency, settings: Any
) -> None:
    reference, client = factories.report(hotline).reference, signed_in(auditor)
    settings.INSTALLATION = replace(django_settings.INSTALLATION, witnesses={"http://127.0.0.1:9/": str(WITNESS.public)})
    assert [name for name, page in proofs(client, reference).items() if NOT_WITNESSED not in page] == []
    ledger.append_committed()
    signed = ledger.sign_checkpoint(keys.ledger_key())
    assert signed
    signed.cosignatures.create(witness="of.another/w", line="x", at=signed.signed_at)  # nobody whom the deployment file names
    assert NOT_WITNESSED in client.get(reverse("ledger:check")).content.decode()
    signed.cosignatures.create(witness=WITNESS.name, line=WITNESS.line("x\n"), at=datetime(2026, 11, 18, tzinfo=UTC))
    for name, page in proofs(client, reference).items():
        assert NOT_WITNESSED not in page, name
        assert f"Witnessed up to entry {signed.size}" in page, name


def test_checkpoints_go_to_oversight_only_and_public_keys_to_everybody(
    signed_in: SignedIn, auditor: Membership, analyst: Membership, administrator: Membership
) -> None:
    ledger.looked(auditor, "ledger", reason="oversight")
    ledger.append_committed()
    signed = ledger.sign_checkpoint(keys.ledger_key())
    assert signed
    root = signed.text.splitlines()[2]
    for by in (auditor, analyst, administrator):
        page = unescape(signed_in(by).get(reverse("ledger:check")).content.decode())
        assert (root in page) == (by == auditor)
        assert keys.ledger_public_keys()[0] in page


def test_a_contradiction_is_an_alarm_for_oversight_and_administrator(
    signed_in: SignedIn, auditor: Membership, administrator: Membership, analyst: Membership
) -> None:
    factories.refusal()
    alarm = "A witness contradicts the ledger"
    assert alarm in signed_in(auditor).get(reverse("ledger:entries")).content.decode()
    assert alarm in signed_in(auditor).get(reverse("ledger:check")).content.decode()
    assert alarm in signed_in(administrator).get(reverse("work:tasks")).content.decode()
    page = signed_in(analyst).get(reverse("ledger:check")).content.decode()
    assert alarm not in page
    assert "A witness contradicts it." in page
    assert (checks.witnessed().ok, "rewritten" in checks.witnessed().said) == (False, True)


def test_oversight_reads_the_evidence_and_closes_the_alarm_by_saying_what_it_was(signed_in: SignedIn, auditor: Membership) -> None:
    refusal, client = factories.refusal(), signed_in(auditor)
    evidence = client.get(reverse("ledger:evidence", args=[refusal.pk]))
    assert "old 12" in evidence.content.decode()
    client.post(reverse("ledger:settle", args=[refusal.pk]), {"words": " "})
    assert witnesses.standing().refusals == (refusal,)
    client.post(reverse("ledger:settle", args=[refusal.pk]), {"words": "A restore that was announced."})
    assert witnesses.standing().refusals == ()
    kept = Refusal.objects.get()
    assert (kept.settled_words, kept.settled_by) == ("A restore that was announced.", auditor.ledger_name)
    last = queries.page(size=1).entries[0]
    assert last.verb == "closed the alarm of a witness"
    factories.refusal()  # the same again is a new alarm
    assert len(witnesses.standing().refusals) == 1


def test_a_ledger_that_we_witness_and_that_contradicts_itself_is_an_alarm_here_too(
    signed_in: SignedIn, administrator: Membership, auditor: Membership, settings: Any, tmp_path: Any
) -> None:
    log = proof.SigningKey.make("elsewhere.example/ledger/1")
    settings.INSTALLATION = replace(django_settings.INSTALLATION, home=tmp_path, witnessed=(str(log.public),))
    assert witnesses.accused_by_us() == []
    place = Place(tmp_path / "witness")
    place.make("desk.example.org/w1")
    witness = place.witness([log.public])
    for root in (b"a" * 32, b"b" * 32):
        witness.add_checkpoint(proof.request(0, [], proof.Checkpoint(log.name, 7, root).signed(log)))
    for by, name in ((administrator, "work:tasks"), (auditor, "ledger:entries")):
        page = signed_in(by).get(reverse(name)).content.decode()
        assert "elsewhere.example/ledger/1" in page
        assert "split view" in page
    assert "split view" in checks.witnessed().said


def test_a_home_without_the_ledgers_key_says_so_and_still_proves(
    signed_in: SignedIn, auditor: Membership, settings: Any, tmp_path: Any
) -> None:
    settings.KEYS = tmp_path
    with transaction.atomic():
        ledger.record(INSTALLATION, "did thing", "thing")
    client = signed_in(auditor)
    page = client.post(reverse("ledger:check")).content.decode()
    assert "entries hold" in page
    assert "havenline ledger new-key" in page
    lines = b"".join(client.get(reverse("ledger:export")).streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert proof.check_export(lines).signed == 0
