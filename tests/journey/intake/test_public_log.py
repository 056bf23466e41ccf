"""A reporter can prove that their report cannot be denied; a stranger sees from the public log neither that one came nor how many."""

import base64
import importlib
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from havenline.cli import checks
from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger.actions import public_log
from havenline.foundation.ledger.models import Commitment, PublicDay, PublicLeaf
from havenline.foundation.ledger.queries import public_log as log
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import keys
from havenline.foundation.work import queue, rounds
from havenline.journey.intake import actions, queries, receipts
from havenline.journey.intake.actions import Received
from havenline.journey.intake.choices import Station
from tests.journey.intake.test_form import Visitor

pytestmark = pytest.mark.django_db
AUDITORS = Path(__file__).parents[3] / "docs/auditors"
EVENING = datetime(2026, 11, 18, 20, 0, tzinfo=moment.LONDON)
A_DAY = 16


@pytest.fixture
def small() -> Iterator[ModuleType]:
    """The verifier of one page, as a stranger runs it."""
    sys.path.insert(0, str(AUDITORS))
    try:
        yield importlib.import_module("verify_receipt")
    finally:
        sys.path.remove(str(AUDITORS))


def report(answers: Any, at: datetime = EVENING) -> Received:
    """A report that arrived, and was opened at the desk."""
    with moment.standing_at(at):
        received = actions.receive(answers=answers)
        queue.drain()
    return received


def statement(received: Received) -> str:
    private = receipts.open_with(received.receipt, guess=False).private
    return queries.statements_of(received.report, private)[0]


def publish(days_later: int = 1, *, leaves: int = A_DAY) -> int:
    with moment.standing_at(EVENING + timedelta(days=days_later)):
        return public_log.publish_ended_days(keys.public_log_key(), leaves_a_day=leaves)


def known() -> list[proof.VerifierKey]:
    return [proof.VerifierKey.read(one) for one in keys.public_log_public_keys()]


def test_until_the_days_end_a_receipt_has_a_signed_promise_and_then_the_proof(hotline: Agency, answers: Any, small: ModuleType) -> None:
    received = report(answers)
    told = dict(small.read_key(str(key)) for key in known())
    promised = statement(received)
    assert proof.check_statement(promised, known()) == proof.Shown("received on 2026-11-18", False, known()[0].name)
    assert "has promised: a report, received on 2026-11-18" in small.check(promised, told)
    publish()
    shown = statement(received)
    assert proof.check_statement(shown, known()).is_published
    assert "A report, received on 2026-11-18, stands in" in small.check(shown, told)
    leaves = list(PublicLeaf.objects.order_by("index").values_list("leaf", flat=True))
    assert proof.tree_of(leaves).root() == proof.Checkpoint.read(proof.Note.read(PublicDay.objects.get().checkpoint).text).root


@given(st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_statement_is_refused_by_both_verifiers(statements: list[str], small: ModuleType, data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(statements))
    at = data.draw(st.integers(0, len(whole) - 1))
    sign = data.draw(st.characters(codec="ascii").filter(lambda one: one != whole[at] and not one.isspace() and one.isprintable()))
    changed = whole[:at] + sign + whole[at + 1 :]
    with pytest.raises(proof.NotProved):
        proof.check_statement(changed, known())
    with pytest.raises((ValueError, KeyError, TypeError, IndexError)):
        small.check(changed, dict(small.read_key(str(key)) for key in known()))


def test_a_hash_that_is_written_in_another_way_is_refused_by_both_verifiers(statements: list[str], small: ModuleType) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    ends = [
        at for at, sign in enumerate(statements[1]) if sign == "=" and statements[1][at + 1] == "\n" and statements[1][at - 1] in letters
    ]
    assert len(ends) > 4
    for at in ends:  # the two lowest bits before "=" say nothing
        other = letters[letters.index(statements[1][at - 1]) ^ 1]
        changed = statements[1][: at - 1] + other + statements[1][at:]
        with pytest.raises(proof.NotProved):
            proof.check_statement(changed, known())
        with pytest.raises(ValueError, match=r"written otherwise|does not hold"):
            small.check(changed, dict(small.read_key(str(key)) for key in known()))


def test_a_line_that_is_no_signature_promises_nothing_to_either_verifier(statements: list[str], small: ModuleType) -> None:
    changed = statements[0].replace("\n— ", "\n0 ")
    assert changed != statements[0]
    with pytest.raises(proof.NotProved):
        proof.check_statement(changed, known())
    with pytest.raises(ValueError, match="no key that you gave"):
        small.check(changed, dict(small.read_key(str(key)) for key in known()))


@pytest.fixture
def statements(hotline: Agency, answers: Any) -> list[str]:
    received = report(answers)
    promised = statement(received)
    publish()
    return [promised, statement(received)]


def as_strangers_see_it() -> list[str]:
    """Both public pages, with whatever is as random as a hash written alike."""
    pages = []
    for address in ("/log/", "/log/leaves/"):
        answer = Client().get(address)
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()  # type: ignore[attr-defined]
        pages.append(re.sub(r"[A-Za-z0-9+/&#;x]{43,}=*", lambda found: f"<{len(found[0])}>" if "&" not in found[0] else "<signed>", text))
    return pages


def test_to_a_stranger_a_day_with_no_report_and_one_with_many_differ_only_in_random_bytes(hotline: Agency, answers: Any) -> None:
    with transaction.atomic():
        publish()
        nothing = as_strangers_see_it()
        transaction.set_rollback(True)
    told = [report(answers) for _number in range(A_DAY)]
    publish()
    assert as_strangers_see_it() == nothing
    with moment.standing_at(EVENING + timedelta(days=1)):
        assert Commitment.objects.exclude(index=None).count() == A_DAY
    in_order_of_arrival = [log.of_record(one.report.reference)[0].index or 0 for one in told]
    assert in_order_of_arrival != sorted(in_order_of_arrival)
    assert sorted(in_order_of_arrival) == list(range(A_DAY))


def test_what_fills_a_day_up_is_new_each_time_and_looks_like_what_it_hides(hotline: Agency, answers: Any) -> None:
    report(answers)
    publish(3)
    leaves = list(PublicLeaf.objects.values_list("leaf", flat=True))
    assert len(leaves) == len(set(leaves)) == 3 * A_DAY
    bits = "".join(f"{int.from_bytes(base64.b64decode(leaf)):0256b}" for leaf in leaves)
    assert all(len(base64.b64decode(leaf)) == 32 for leaf in leaves)
    assert abs(bits.count("1") / len(bits) - 0.5) < 0.03  # six deviations of 12,288 fair coins


def test_anybody_reads_each_days_signed_end_and_every_leaf(hotline: Agency, answers: Any) -> None:
    report(answers)
    publish()
    page = unescape(Client().get("/log/").content.decode())
    [day] = PublicDay.objects.all()
    assert all(line in page for line in day.checkpoint.splitlines())
    assert str(known()[0]) in page
    leaves = b"".join(Client().get("/log/leaves/").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    signed = proof.open_checkpoint(day.checkpoint, known()).checkpoint
    assert (proof.tree_of(leaves).root(), len(leaves)) == (signed.root, signed.size)


def test_what_does_not_fit_waits_for_the_next_day_and_is_an_error_on_a_screen(hotline: Agency, answers: Any, settings: Any) -> None:
    told = [report(answers) for _number in range(5)]
    with pytest.raises(public_log.LogTooNarrow, match="1 commitments wait"):
        publish(leaves=4)
    assert [(day.day, day.size) for day in log.days(at_most=9)] == [(date(2026, 11, 18), 4)]
    assert [proof.check_statement(statement(one), known()).is_published for one in told].count(False) == 1
    rounds.discover()
    assert publish(2, leaves=4) == 1
    assert all(proof.check_statement(statement(one), known()).is_published for one in told)


def test_the_round_that_publishes_says_when_the_log_is_too_narrow(hotline: Agency, answers: Any, settings: Any) -> None:
    for _number in range(3):
        report(answers, at=moment.now() - timedelta(days=1))
    object.__setattr__(settings.DEPLOYMENT, "log_leaves_a_day", 2)
    try:
        rounds.run_due()
    finally:
        object.__setattr__(settings.DEPLOYMENT, "log_leaves_a_day", 64)
    finding = checks.background_work()
    assert not finding.ok
    assert "public log" in finding.said.lower()


def test_days_that_passed_without_a_worker_are_each_made_up_for_and_none_twice() -> None:
    assert publish() == 1
    assert publish() == 0
    assert publish(4) == 3
    assert publish(2) == 0  # a clock that was set back
    assert [day.size for day in log.days(at_most=9)] == [4 * A_DAY, 3 * A_DAY, 2 * A_DAY, A_DAY]


def test_a_world_that_was_played_in_the_past_has_a_log_of_all_its_days(hotline: Agency, answers: Any) -> None:
    told = [report(answers, at=EVENING - timedelta(days=day)) for day in (0, 2, 3)]
    assert publish(leaves=1) == 4
    assert all(proof.check_statement(statement(one), known()).is_published for one in told)


def test_the_log_begins_without_waiting_for_a_first_report() -> None:
    assert publish() == 1
    assert PublicLeaf.objects.count() == A_DAY


def test_whoever_has_the_database_and_all_keys_cannot_tell_which_salt_it_was(hotline: Agency, answers: Any) -> None:
    received = report(answers)
    kept = Commitment.objects.get()
    with pytest.raises(sealing.NotSealedByThisKey):
        sealing.open_at_desk(received.report.reference, "salt", bytes(kept.salt_sealed))
    salt = re.search(r"^salt (.*)$", statement(received), re.MULTILINE)
    assert salt
    assert proof.commitment("received on 2026-11-18", base64.b64decode(salt[1])) == kept.leaf


def test_a_station_that_was_released_is_proved_too_and_under_a_silence_no_more(
    hotline: Agency, answers: Any, analyst: Membership, small: ModuleType
) -> None:
    received = report(answers)
    private = receipts.open_with(received.receipt, guess=False).private
    with moment.standing_at(EVENING + timedelta(hours=1)):
        for _again in range(2):
            actions.release_station(report=received.report, station=Station.POLICE_TOLD, by=analyst)
    publish()
    both = queries.statements_of(received.report, private)
    assert [proof.check_statement(one, known()).said for one in both] == ["received on 2026-11-18", "police told on 2026-11-18"]
    told = dict(small.read_key(str(key)) for key in known())
    assert "A report, police told on 2026-11-18, stands in" in small.check(both[1], told)
    with pytest.raises(proof.NotProved):
        proof.check_statement(both[1].replace("police told", "host told"), known())
    silence = Silence.Audience.REPORTER
    records.keep_silent(record=received.report.record, audience=silence, reason="Not yet.", by=analyst, actor=analyst)
    assert queries.statements_of(received.report, private) == both[:1]


def test_the_public_process_shows_it_behind_the_receipt_and_nowhere_else(hotline: Agency, answers: Any, settings: Any) -> None:
    received = report(answers)
    settings.HOLDS_DESK_KEY = settings.LEDGER_APPENDS = False
    visitor = Visitor().get("/").send("open", receipt=received.receipt)
    assert "Proof that we have your report" in visitor.page
    assert "havenline promise v1" in visitor.page
    assert "HL-" not in visitor.page


def test_a_home_without_the_ledgers_key_opens_reports_and_promises_nothing(
    hotline: Agency, answers: Any, settings: Any, tmp_path: Path
) -> None:
    received = report(answers)
    Commitment.objects.all().delete()
    for path in settings.KEYS.iterdir():
        if not path.name.startswith("ledger"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    settings.KEYS = tmp_path
    other = report(answers)
    assert other.report.reference != received.report.reference
    assert Commitment.objects.count() == 0
    assert "It begins tonight" in Client().get("/log/").content.decode()
