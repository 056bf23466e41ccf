"""A copy for a court says who decided what, by name, and carries its own proof; anybody can check it."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from havenline.cli import app
from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.handover.actions import court, moving
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records import passages
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import keys
from havenline.foundation.sharing import actions as sharing
from havenline.site.urls import api
from tests import databases, factories

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]
SMALL = Path(__file__).parents[3] / "docs/auditors"
WHY = "R v Reed, Northmere Crown Court"
MADE_UP = "The adult’s account was seen by two people."


@pytest.fixture
def copy(hotline: Agency, police: Agency, analyst: Membership) -> str:
    """A copy of a hand-over, made by the analyst who sent it."""
    referral = factories.referral_to_police(factories.report(hotline), police, analyst)
    with_words(referral.record, analyst)
    return court.copy_of(referral.record, why=WHY, by=analyst)


def with_words(record: Any, by: Membership) -> None:
    with transaction.atomic():
        ledger.record(by, "decided", record, reason="refer_to_police", words=MADE_UP)


def key() -> str:
    return keys.ledger_public_keys()[0]


def checked(whole: str) -> proof.CheckedCopy:
    return proof.check_copy(whole, [proof.VerifierKey.read(key())])


def test_a_copy_says_who_decided_what_by_name_and_proves_itself(copy: str) -> None:
    found = checked(copy)
    assert "  Robin Osei, Analyst, Northmere Hotline\n    decided: " in copy
    assert "refer to police" in copy
    assert MADE_UP in copy
    assert "An adult stranger asked to meet a child" in copy or "WHAT WAS HANDED OVER" in copy
    entry = Entry.objects.get(link__sequence=found.sequence)
    assert queries.read(entry).verb == "made a copy for a court"
    assert MADE_UP not in entry.body
    assert checked(copy.replace("\n", "\r\n") + "\n\n").sequence == found.sequence  # as a browser sends it


def test_the_same_text_has_another_digest_each_time_so_that_nobody_can_guess_from_the_ledger_what_was_copied(
    hotline: Agency, analyst: Membership
) -> None:
    report, digests = factories.report(hotline), set()
    with moment.standing_at(moment.now()):
        for _time in range(2):
            with transaction.atomic():
                digests.add(checked(court.copy_of(report.record, why=WHY, by=analyst)).digest)
                transaction.set_rollback(True)
    assert len(digests) == 2


def test_oversight_copies_acts_and_never_words(auditor: Membership, hotline: Agency, analyst: Membership) -> None:
    report = factories.report(hotline)
    with_words(report.record, analyst)
    assert MADE_UP not in court.copy_of(report.record, why=WHY, by=auditor)


def test_what_was_erased_is_not_in_a_copy(hotline: Agency, analyst: Membership) -> None:
    report = factories.report(hotline)
    with_words(report.record, analyst)
    sealing.destroy(report.reference)
    text = court.copy_of(report.record, why=WHY, by=analyst)
    assert "in words: erased" in text
    assert MADE_UP not in text


def test_only_who_sees_a_record_copies_it(signed_in: SignedIn, hotline: Agency, analyst: Membership, social_worker: Membership) -> None:
    report = factories.report(hotline)
    address = reverse("handover:court", args=[report.reference])
    assert signed_in(social_worker).post(address).status_code == 404
    lead = factories.member("safeguarding_lead", factories.agency("school"))
    assert signed_in(lead).post(address).status_code == 404
    browser = signed_in(analyst)
    assert "Copy for a court" in browser.get(reverse("handover:trace", args=[report.reference])).content.decode()
    said = browser.post(address, follow=True).content.decode()
    assert "Say for which proceedings" in said
    answer = browser.post(address, {"why": WHY})
    assert f'filename="{report.reference}.txt"' in answer["Content-Disposition"]
    assert checked(answer.content.decode()).sequence


def test_whoever_broke_the_glass_gets_no_copy_and_no_trace(signed_in: SignedIn, police: Agency, auditor: Membership) -> None:
    case = factories.record("case", police)
    breaker = factories.member("police_supervisor", factories.agency("police", "Southmere Police"))
    sharing.break_glass(reference=case.reference, reason="A child may be in danger tonight.", by=breaker)
    browser = signed_in(breaker)
    assert browser.get(reverse("sharing:record", args=[case.reference])).status_code == 200
    assert browser.get(reverse("handover:trace", args=[case.reference])).status_code == 404
    assert browser.post(reverse("handover:court", args=[case.reference])).status_code == 404


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_changed_in_a_copy_is_found(copy: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(copy) - 1))
    sign = data.draw(st.characters(codec="utf-8").filter(lambda one: one != copy[at] and not one.isspace()))
    changed = copy[:at] + sign + copy[at + 1 :]
    try:
        found = checked(changed)
    except proof.NotProved:
        return
    pytest.fail(f"{copy[at]!r} became {sign!r} at {at}: {found}")


def test_the_small_verifier_says_the_same(copy: str, tmp_path: Path) -> None:
    file = tmp_path / "copy.txt"
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(SMALL)!r}); import runpy; sys.argv.pop(0);"
               "runpy.run_path(sys.argv[0], run_name='__main__')", str(SMALL / "verify_record.py"), str(file), key()]  # fmt: skip
    file.write_text(copy)
    assert "It is as it was made" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for bad in (copy.replace("Robin", "Robyn"), copy.replace("index ", "index 1"), copy.replace('"verb"', '"verB"'), copy[:-40], "x"):
        file.write_text(bad)
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (ended.returncode, "It does not hold" in ended.stderr) == (1, True), ended.stderr
        with pytest.raises(proof.NotProved):
            checked(bad)


def test_the_command_checks_a_copy(copy: str, tmp_path: Path) -> None:
    file = tmp_path / "copy.txt"
    for text, code in ((copy, 0), (copy.replace("Robin", "Robyn"), 1)):
        file.write_text(text)
        assert CliRunner().invoke(app, ["ledger", "check-copy", str(file), "--key", key()]).exit_code == code


def page_of(client: Client, **fields: str) -> str:
    return client.post(reverse("check_copy"), fields).content.decode()


def test_anybody_checks_a_copy_on_a_page_that_asks_for_no_sign_in(copy: str, client: Client, settings: Any) -> None:
    assert "Check a copy of a record" in client.get(reverse("check_copy")).content.decode()
    page = page_of(client, copy=copy)
    assert "This copy is as it was made" in page
    assert "Not witnessed:" in page
    assert "HO-" not in page.partition("<form")[0]
    assert "This does not hold" in page_of(client, copy=copy.replace("Robin", "Robyn"))
    witness = proof.SigningKey.make("witness.example.org/w1", proof.COSIGNS)
    settings.INSTALLATION = replace(django_settings.INSTALLATION, witnesses={"http://127.0.0.1:9/": str(witness.public)})
    signed = queries.last_checkpoint()
    assert signed
    signed.cosignatures.create(witness=witness.name, line=witness.line("x\n"), at=datetime(2026, 11, 18, tzinfo=UTC))
    assert "Witnessed by witness.example.org/w1" in page_of(client, copy=copy)


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_the_ledger_does_not_hold_any_more_is_told_as_such(copy: str, client: Client) -> None:
    with databases.past_the_ledgers_triggers(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_checkpoint")
    page = page_of(client, copy=copy)
    assert "this ledger does not hold any more what was signed" in page
    assert "This copy is as it was made" not in page


def test_a_digest_alone_is_looked_up_and_what_is_not_there_is_answered_alike(copy: str, client: Client) -> None:
    page = page_of(client, digest=checked(copy).digest.upper())
    assert "The ledger has this digest" in page
    assert "only the whole copy shows" in page
    assert "has no entry for this digest" in page_of(client, digest="0" * 64)
    assert "Type it whole" in page_of(client, digest="abc")
    assert "Paste a copy, or type a digest." in page_of(client)


def test_the_page_stands_among_what_others_reach_and_not_at_the_public_form() -> None:
    assert "check_copy" in {getattr(one, "name", "") for one in api.urlpatterns}


def test_a_copy_of_any_kind_of_record_says_what_the_record_says(hotline: Agency, analyst: Membership) -> None:
    report = factories.report(hotline)
    assert "An adult" in (told := report.answers()["happened"])
    assert told in court.copy_of(report.record, why=WHY, by=analyst)
    assert passages.kinds() == set(FileKind.values)


def test_for_which_proceedings_a_copy_was_made_is_on_the_ledger_sealed(hotline: Agency, analyst: Membership) -> None:
    report = factories.report(hotline)
    with pytest.raises(moving.ReasonMissing):
        court.copy_of(report.record, why=" ", by=analyst)
    made = court.copy_of(report.record, why=WHY, by=analyst)
    assert WHY not in Entry.objects.get(link__sequence=checked(made).sequence).body
    assert WHY in court.copy_of(report.record, why="Another.", by=analyst)  # which copies there were stands in the next
