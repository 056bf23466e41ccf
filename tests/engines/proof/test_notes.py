"""Keys, signed notes and checkpoints are written as C2SP writes them, and whatever was changed in them is refused."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from havenline.engines import proof

# Made elsewhere: the test vector of Go's golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ORIGIN = "report.example.org/ledger"
KEY = proof.SigningKey(ORIGIN, proof.SIGNS, bytes(range(32)))
WITNESS = proof.SigningKey("witness.example/w1", proof.COSIGNS, bytes(range(1, 33)))
CHECKPOINT = proof.Checkpoint(ORIGIN, 7, bytes(range(32)))


def cosigned(at: int = 1_700_000_000) -> str:
    return CHECKPOINT.signed(KEY) + WITNESS.line(CHECKPOINT.text, at=at)


def test_a_key_and_a_note_made_elsewhere_are_read_and_hold() -> None:
    key = proof.VerifierKey.read(PETER)
    assert str(key) == PETER
    note = proof.Note.read(PETERS_NOTE)
    assert [found for found, _line in note.signed_by([key])] == [key]
    assert note.whole() == PETERS_NOTE


def test_a_key_is_kept_as_a_text_and_never_shown() -> None:
    assert proof.SigningKey.read(KEY.text()) == KEY
    assert proof.VerifierKey.read(str(KEY.public)) == KEY.public
    assert KEY.text() not in repr(KEY)
    assert KEY.seed.hex() not in repr(KEY)
    assert proof.SigningKey.make(ORIGIN) != proof.SigningKey.make(ORIGIN)


@pytest.mark.parametrize(
    "text", ["", "x", PETER[:-4], PETER.replace("c74f20a3", "c74f20a4"), PETER.replace("Peter", "Pet er"), f"{PETER}+AA=="]
)
def test_a_key_that_was_not_copied_whole_is_refused(text: str) -> None:
    with pytest.raises(proof.BadKey):
        proof.VerifierKey.read(text)
    with pytest.raises(proof.BadKey):
        proof.SigningKey.read(text)


def test_a_checkpoint_says_who_signed_and_who_witnessed_it() -> None:
    opened = proof.open_checkpoint(cosigned(), [KEY.public], [WITNESS.public])
    assert opened.checkpoint == CHECKPOINT
    assert opened.signed == (KEY.public,)
    [(key, line)] = opened.cosigned
    assert (key, line.time) == (WITNESS.public, 1_700_000_000)


def test_an_old_and_a_new_key_sign_side_by_side() -> None:
    new = proof.SigningKey.make(ORIGIN)
    both = CHECKPOINT.signed(KEY, new)
    assert proof.open_checkpoint(both, [KEY.public]).signed == (KEY.public,)
    assert proof.open_checkpoint(both, [new.public]).signed == (new.public,)
    assert set(proof.open_checkpoint(both, [new.public, KEY.public]).signed) == {KEY.public, new.public}


def test_a_signature_of_a_key_that_nobody_told_us_of_proves_nothing() -> None:
    with pytest.raises(proof.BadNote):
        proof.open_checkpoint(cosigned(), [proof.SigningKey.make(ORIGIN).public])
    elsewhere = proof.SigningKey.make("elsewhere.example")
    with pytest.raises(proof.BadNote):  # a key of another log signs none of ours
        proof.open_checkpoint(CHECKPOINT.signed(elsewhere), [elsewhere.public])
    with pytest.raises(proof.BadNote):  # nor is a witness the log
        proof.open_checkpoint(CHECKPOINT.text + "\n" + WITNESS.line(CHECKPOINT.text), [WITNESS.public])


@given(st.data())
def test_whatever_is_changed_in_a_cosigned_checkpoint_is_refused(data: st.DataObject) -> None:
    whole = cosigned()
    at = data.draw(st.integers(0, len(whole) - 1))
    sign = data.draw(st.characters(codec="utf-8").filter(lambda one: one != whole[at]))
    changed = whole[:at] + sign + whole[at + 1 :]
    try:
        opened = proof.open_checkpoint(changed, [KEY.public], [WITNESS.public])
    except proof.BadNote:
        return
    # What is left over is a line by a name that nobody knows: passed over, as the format asks.
    assert opened.checkpoint == CHECKPOINT
    assert not opened.cosigned


@given(st.text(st.characters()))  # halves of pairs that stand alone, too
@example("\udffdo")
def test_any_text_is_a_note_or_refused(text: str) -> None:
    for whole in (text, f"{CHECKPOINT.text}\n{text}", f"{text}\n— a AAAAAAAA\n"):
        try:
            assert proof.Note.read(whole).whole() == whole
        except proof.BadNote:
            continue


@pytest.mark.parametrize(
    "text",
    [
        "o\n07\n{root}\n",
        "o\n-7\n{root}\n",
        "o\n7\nAAAA\n",
        "o\n\n{root}\n",
        "\n7\n{root}\n",
        "o\n7\n",
        "o\n7\n{root}\n\nx\n",
        f"o\n{'9' * 40}\n{{root}}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(proof.BadNote):
        proof.Checkpoint.read(text.format(root="A" * 43 + "="))
