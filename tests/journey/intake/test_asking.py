"""The receipts' secret is at the desk's host: the public process asks it, and takes reports whether it answers or not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from havenline.foundation.people.models import Agency
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import desk_key, keys
from havenline.journey.intake import actions, asking, receipts
from havenline.journey.intake.models import GuessBudget, Receipt, Report
from havenline.journey.intake.tasks import open_what_was_missed
from tests.journey.intake.test_form import Visitor, to_check

pytestmark = pytest.mark.django_db


@pytest.fixture
def public_process(settings: Any) -> None:
    settings.HOLDS_DESK_KEY = settings.HOLDS_RECEIPT_KEY = settings.WRAPS_FOR_PARTIES = settings.LEDGER_APPENDS = False


def at_the_desk(settings: Any) -> None:
    settings.HOLDS_DESK_KEY = settings.HOLDS_RECEIPT_KEY = settings.WRAPS_FOR_PARTIES = True


@pytest.fixture
def answering(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The desk's host answers what the public process asks, with its own keys."""
    client = Client(raise_request_exception=True)

    def post(body: bytes) -> bytes:
        with_us = {name: getattr(settings, name) for name in ("HOLDS_DESK_KEY", "HOLDS_RECEIPT_KEY", "ROOT_URLCONF")}
        at_the_desk(settings)
        settings.ROOT_URLCONF = "havenline.site.urls.receipts"
        try:
            answer = client.post("/", body, content_type="application/octet-stream")
        finally:
            for name, value in with_us.items():
                setattr(settings, name, value)
        assert answer.status_code == 200
        sizes.append(len(answer.content))
        return bytes(answer.content)

    sizes: list[int] = []
    client.sizes = sizes  # type: ignore[attr-defined]
    monkeypatch.setattr(asking, "_post", post)
    return client


@pytest.fixture
def received(answers: dict[str, Any], hotline: Agency, public_process: None) -> actions.Received:
    return actions.receive(answers=answers)


def test_a_report_is_taken_and_gets_its_receipt_while_nobody_answers(hotline: Agency, public_process: None, settings: Any) -> None:
    settings.RECEIPTS_AT = "/nowhere/receipts.sock"
    visitor = to_check(Visitor()).send("send")
    assert len(visitor.receipt) == 16
    assert Receipt.objects.get().lookup is None


def test_who_types_a_receipt_while_nobody_answers_is_told_to_come_back(received: actions.Received, settings: Any) -> None:
    settings.RECEIPTS_AT = "/nowhere/receipts.sock"
    page = Client().post("/report/", {"go": "open", "receipt": received.receipt})
    assert page.status_code == 503
    assert "look just now" in page.content.decode()


def test_a_receipt_is_found_at_once_though_no_worker_has_opened_its_report(received: actions.Received, answering: Client) -> None:
    report, opened = actions.open_by_receipt(typed=received.receipt)
    assert report == received.report
    assert bytes(Receipt.objects.get().public_key or b"") == opened.public


def test_once_the_worker_has_computed_it_the_digits_are_gone(received: actions.Received, settings: Any, answering: Client) -> None:
    at_the_desk(settings)
    open_what_was_missed()
    kept = Receipt.objects.get()
    assert kept.digits is None
    assert kept.lookup == receipts.open_with(received.receipt, guess=False).lookup


def test_right_wrong_and_too_many_are_answered_in_as_many_bytes(received: actions.Received, answering: Any) -> None:
    actions.open_by_receipt(typed=received.receipt)
    for _guess in range(2):
        with pytest.raises(actions.NotTheirReceipt):
            actions.open_by_receipt(typed="1234567812345678")
    GuessBudget.objects.update(wrong=30)
    with pytest.raises(actions.TooManyGuesses):
        actions.open_by_receipt(typed=received.receipt)
    assert len(answering.sizes) == 4
    assert len(set(answering.sizes)) == 1


@pytest.mark.parametrize("body", [b"", b"x", b"x" * 100, b"x" * 5000])
def test_what_is_no_question_is_refused_before_anything_is_computed(
    body: bytes, settings: Any, hotline: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = "havenline.site.urls.receipts"
    monkeypatch.setattr(actions, "answer_receipt", None)
    assert Client().post("/", body, content_type="application/octet-stream").status_code == 400


def test_an_answer_that_another_gives_is_believed_by_nobody(received: actions.Received, monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    another = X25519PrivateKey.generate().public_key()
    monkeypatch.setattr(asking, "_post", lambda body: asking.write(asking.Answered(received.report.pk, b"k" * 32), another))
    with pytest.raises(asking.NobodyAnswers):
        asking.ask(received.receipt)


def test_no_receipt_is_asked_for_by_way_of_a_swapped_key(
    received: actions.Received, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever swapped it would read the digits."""
    settings.KEYS = tmp_path / "keys"
    keys.make(settings.KEYS)
    (settings.KEYS / "desk.pub").write_bytes(sealing.public_of(bytes(range(32))))
    asked: list[bytes] = []
    monkeypatch.setattr(asking, "_post", lambda body: asked.append(body) or b"")
    with pytest.raises(desk_key.DeskKeySwapped):
        asking.ask(received.receipt)
    assert asked == []


def test_the_public_process_without_the_secret_computes_no_receipt(received: actions.Received, settings: Any, tmp_path: Any) -> None:
    settings.KEYS = tmp_path / "keys"
    keys.make(settings.KEYS)
    (settings.KEYS / "receipt.key").unlink()
    with pytest.raises(keys.KeyMissing):
        receipts.open_with(received.receipt, guess=True)


def test_ten_thousand_receipts_and_all_that_the_public_host_holds_confirm_none(
    answers: dict[str, Any], hotline: Agency, public_process: None, settings: Any
) -> None:
    """Whoever takes the public host has mac.key, form.key and every row; the space is small enough to try whole."""
    received = actions.receive(answers=answers)
    space = [f"{number:016d}" for number in range(9_999)] + [received.receipt]
    row, report = Receipt.objects.get(), Report.objects.get()
    stolen = (
        b"".join(bytes(one or b"") for one in (row.digits, row.public_key, report.sealed)) + f"{row.lookup}{report.submission}".encode()
    )
    held = [keys.read(name) for name in ("mac.key", "form.key", "desk.pub")]
    at_the_desk(settings)
    open_what_was_missed()
    row.refresh_from_db()
    stolen += bytes(row.public_key or b"") + str(row.lookup).encode()
    for digits in space:
        for secret in held:
            for told in _derived(digits, secret):
                assert told not in stolen
                assert told.hex().encode() not in stolen
    settings.HOLDS_DESK_KEY = False
    for read in (report.answers, lambda: sealing.key_of(report.reference)):
        with pytest.raises(keys.KeyNotHere):
            read()


def _derived(digits: str, secret: bytes) -> list[bytes]:
    """Every quick way in which these digits could stand in what is stored."""
    import hashlib
    import hmac

    said = digits.encode()
    return [
        said,
        hashlib.sha256(said).digest(),
        hmac.new(secret, said, hashlib.sha256).digest(),
        hmac.new(secret, b"receipt receipt\0" + said, hashlib.sha256).digest(),
        hmac.new(secret, b"receipt submission\0" + said, hashlib.sha256).digest(),
    ]


def test_who_types_receipts_holds_at_most_half_of_what_serves_those_who_report(
    received: actions.Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, asked = threading.Event(), threading.Semaphore(0)

    def waits(body: bytes) -> bytes:
        asked.release()
        assert go_on.wait(30)
        raise asking.NobodyAnswers

    monkeypatch.setattr(asking, "_post", waits)
    with ThreadPoolExecutor(4) as pool:
        others = [pool.submit(asking.ask, "1" * 16) for _number in range(4)]
        assert all(asked.acquire(timeout=30) for _number in range(4))
        with pytest.raises(receipts.Busy):
            actions.open_by_receipt(typed="2" * 16)
        go_on.set()
    assert all(isinstance(one.exception(), asking.NobodyAnswers) for one in others)
    with pytest.raises(asking.NobodyAnswers):
        asking.ask("3" * 16)
