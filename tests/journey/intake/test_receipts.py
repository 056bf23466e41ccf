"""Receipts: derived, slow to guess, bounded for everybody together."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.foundation import moment
from havenline.foundation.people.models import Agency
from havenline.journey.intake import actions, receipts
from havenline.journey.intake.models import GuessBudget


@pytest.fixture(autouse=True)
def _as_in_use(quick_receipts: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in quick_receipts.items():
        monkeypatch.setattr(receipts, name, value)


def test_a_receipt_is_stretched_by_argon2id_with_64_mib() -> None:
    assert (receipts.MEMORY_KIB, receipts.ITERATIONS, receipts.LANES) == (64 * 1024, 3, 1)


def test_the_lookup_needs_a_secret_that_is_not_in_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    first = receipts.open_with("1234567812345678", guess=False)
    monkeypatch.setattr(receipts.keys, "secret", lambda name: b"another installation's secret...")
    second = receipts.open_with("1234567812345678", guess=False)
    assert first.lookup != second.lookup
    assert first.private != second.private


def test_the_same_digits_give_the_same_lookup() -> None:
    assert receipts.open_with("1234567812345678", guess=False) == receipts.open_with("1234567812345678", guess=True)


def test_the_lookup_says_nothing_of_the_private_key() -> None:
    opened = receipts.open_with("1234567812345678", guess=False)
    assert opened.private.hex() != opened.lookup


@given(st.text(min_size=1, max_size=60), st.integers(0, 4))
def test_every_token_gives_sixteen_digits_and_always_the_same(token: str, turn: int) -> None:
    digits = receipts.digits_of(token, turn)
    assert len(digits) == 16
    assert digits.isdecimal()
    assert digits == receipts.digits_of(token, turn)
    assert digits != receipts.digits_of(token, turn + 1)


@pytest.mark.parametrize(
    "typed", ["4071932655802714", "4071 9326 5580 2714", " 4071-9326–5580.2714 ", "٤٠٧١ ٩٣٢٦ ٥٥٨٠ ٢٧١٤", "４０７１９３２６５５８０２７１４"]
)
def test_digits_are_read_in_any_script_and_with_any_gaps(typed: str) -> None:
    assert receipts.as_typed(typed) == "4071932655802714"


@pytest.mark.parametrize("typed", ["", "407193265580271", "40719326558027145", "4071 9326 5580 271x", "½" * 16, "x" * 5000])
def test_what_is_no_receipt_is_none(typed: str) -> None:
    assert receipts.as_typed(typed) is None


def test_guesses_never_take_the_slots_of_reports() -> None:
    with receipts._slot(receipts._for_guesses):
        assert receipts.open_with("1234567812345678", guess=False)


def test_whoever_finds_every_slot_taken_is_told_to_press_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "PATIENCE", 0.01)
    with receipts._slot(receipts._for_guesses), pytest.raises(receipts.Busy, match="Nothing is lost"):
        receipts.open_with("1234567812345678", guess=True)


@pytest.mark.django_db
def test_a_wrong_receipt_is_counted_for_everybody_together() -> None:
    with pytest.raises(actions.NotTheirReceipt):
        actions.open_by_receipt(typed="1234 5678 1234 5678")
    assert GuessBudget.objects.get().wrong == 1


@pytest.mark.django_db
def test_over_the_budget_nothing_is_checked_until_the_next_minute(hotline: Agency, answers: Any, on_wednesday: Any) -> None:
    received = actions.receive(answers=answers)
    GuessBudget.objects.create(minute=on_wednesday.replace(second=0), wrong=30)
    with pytest.raises(actions.TooManyGuesses):
        actions.open_by_receipt(typed=received.receipt)
    with moment.standing_at(on_wednesday + timedelta(minutes=1)):
        assert actions.open_by_receipt(typed=received.receipt)[0] == received.report


@pytest.mark.django_db
def test_a_spent_guess_budget_never_stops_a_report(hotline: Agency, answers: Any, on_wednesday: Any) -> None:
    GuessBudget.objects.create(minute=on_wednesday.replace(second=0), wrong=30)
    assert actions.receive(answers=answers).is_new


@pytest.mark.django_db
def test_an_unknown_receipt_is_stretched_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    stretched = []
    real = receipts.open_with
    monkeypatch.setattr(receipts, "open_with", lambda digits, *, guess: stretched.append(guess) or real(digits, guess=guess))
    with pytest.raises(actions.NotTheirReceipt):
        actions.open_by_receipt(typed="1234 5678 1234 5678")
    assert stretched == [True]
