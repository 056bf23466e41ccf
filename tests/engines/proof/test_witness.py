"""A witness cosigns what only grew, remembers it through a crash, and keeps what contradicts it (C2SP tlog-witness)."""

import hashlib
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.engines import proof

ORIGIN = "report.example.org/ledger/1a2b3c4d"
LOG = proof.SigningKey(ORIGIN, proof.SIGNS, bytes(range(32)))
KEY = proof.SigningKey("witness.example/w1", proof.COSIGNS, bytes(range(1, 33)))


class Log:
    """A log that may lie: its leaves, and what it signs."""

    def __init__(self, size: int, salt: int = 0) -> None:
        self.leaves = [hashlib.sha256(b"\x00%d:%d" % (salt, number)).digest() for number in range(size)]

    def tree(self) -> proof.Tree:
        return proof.Tree(len(self.leaves), lambda level, first, last: self.leaves[first:last] if not level else [])

    def request(self, old: int, size: int, *keys: proof.SigningKey) -> bytes:
        said = proof.Checkpoint(ORIGIN, size, self.tree().root(size))
        return proof.request(old, self.tree().consistency(old, size), said.signed(*(keys or (LOG,))))


@pytest.fixture
def witness(tmp_path: Path) -> proof.Witness:
    return witness_in(tmp_path)


def witness_in(folder: Path, now: int = 1_700_000_000) -> proof.Witness:
    return proof.Witness(KEY, {ORIGIN: [LOG.public]}, proof.Folder(folder).of, lambda: now)


def test_good_growth_is_cosigned_and_remembered_by_the_next_process(witness: proof.Witness, tmp_path: Path) -> None:
    log = Log(200)
    for old, size in ((0, 3), (3, 3), (3, 64), (64, 200)):
        answer = witness_in(tmp_path).add_checkpoint(log.request(old, size))
        assert answer.status == 200
        whole = proof.Checkpoint(ORIGIN, size, log.tree().root(size)).signed(LOG) + answer.text
        assert len(proof.open_checkpoint(whole, [LOG.public], [KEY.public]).cosigned) == 1
    held = proof.open_checkpoint(proof.Folder(tmp_path).cosigned(ORIGIN), [LOG.public], [KEY.public])
    assert held.checkpoint.size == 200
    assert proof.Folder(tmp_path).evidence(ORIGIN) == []


def test_another_size_than_the_last_is_answered_with_the_last(witness: proof.Witness) -> None:
    log = Log(50)
    witness.add_checkpoint(log.request(0, 20))
    for old, size in ((0, 30), (10, 30), (0, 10), (25, 30)):
        answer = witness.add_checkpoint(log.request(old, size))
        assert (answer.status, answer.text, answer.content_type) == (409, "20\n", "text/x.tlog.size")


def test_a_split_view_and_a_rewrite_are_refused_and_kept_with_both_signatures(witness: proof.Witness, tmp_path: Path) -> None:
    witness.add_checkpoint(Log(20).request(0, 20))
    other = Log(40, salt=1)
    assert witness.add_checkpoint(other.request(20, 20)).status == 409
    assert witness.add_checkpoint(other.request(20, 40)).status == 422
    for _again in range(3):
        witness.add_checkpoint(other.request(20, 40))
    split, rewrite = proof.Folder(tmp_path).evidence(ORIGIN)
    assert (split.kind, rewrite.kind) == (proof.SPLIT_VIEW, proof.REWRITE)
    for one, size in ((split, 20), (rewrite, 40)):
        held = proof.open_checkpoint(one.held, [LOG.public], [KEY.public]).checkpoint
        offered = proof.open_checkpoint(one.offered.partition("\n\n")[2], [LOG.public]).checkpoint
        assert (held.size, offered.size) == (20, size)
        assert held.root == Log(20).tree().root()
    assert witness.add_checkpoint(Log(41).request(20, 41)).status == 200  # the true one may go on


def test_what_is_not_the_logs_is_refused_and_accuses_nobody(witness: proof.Witness, tmp_path: Path) -> None:
    log, stranger = Log(30), proof.SigningKey.make(ORIGIN)
    witness.add_checkpoint(log.request(0, 20))
    unknown = proof.Checkpoint("elsewhere.example", 30, bytes(32)).signed(proof.SigningKey.make("elsewhere.example"))
    for body, status in (
        (proof.request(0, [], unknown), 404),
        (Log(30, salt=1).request(20, 30, stranger), 403),
        (log.request(20, 30)[:-30] + b"\n", 400),
        (log.request(20, 30).replace(b"old 20", b"old 31"), 400),
        (log.request(20, 30).replace(b"old 20", b"old 020"), 400),
        (b"old 20\n" + b"A" * 70_000, 400),
        (b"old 20\n" + b"A" * 43 + b"=\n" * 64 + b"\n" + log.request(20, 30).partition(b"\n\n")[2], 400),
        (b"", 400),
        (b"\xff\xfe", 400),
    ):
        assert witness.add_checkpoint(body).status == status, body[:60]
    assert proof.Folder(tmp_path).evidence(ORIGIN) == []
    assert witness.add_checkpoint(log.request(20, 30)).status == 200


@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_are_answered(tmp_path_factory: pytest.TempPathFactory, content: bytes, at: int) -> None:
    good = Log(9).request(0, 9)
    witness = witness_in(tmp_path_factory.mktemp("witness"))
    for body in (content, good[:at] + content + good[at:]):
        assert witness.add_checkpoint(body).status in {200, 400, 403, 404, 422}


def test_a_clock_set_back_dates_no_cosignature_before_the_last(tmp_path: Path) -> None:
    log = Log(9)
    witness_in(tmp_path, now=1_700_000_000).add_checkpoint(log.request(0, 5))
    answer = witness_in(tmp_path, now=1_600_000_000).add_checkpoint(log.request(5, 9))
    [line] = proof.read_signatures(answer.text)
    assert line.time == 1_700_000_000


def test_a_log_that_changed_its_key_is_known_by_the_new_one(tmp_path: Path) -> None:
    log, new = Log(30), proof.SigningKey.make(ORIGIN)
    witness_in(tmp_path).add_checkpoint(log.request(0, 20))
    later = proof.Witness(KEY, {ORIGIN: [new.public]}, proof.Folder(tmp_path).of, lambda: 1_700_000_000)
    assert later.add_checkpoint(log.request(20, 30, new)).status == 200


def test_of_two_that_come_at_once_one_is_told_to_come_again(witness: proof.Witness, tmp_path: Path) -> None:
    log, statuses = Log(200), []
    witness.add_checkpoint(log.request(0, 100))
    start = threading.Barrier(8)

    def come(size: int) -> None:
        start.wait()
        statuses.append((witness_in(tmp_path).add_checkpoint(log.request(100, size)).status, size))

    threads = [threading.Thread(target=come, args=(101 + number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [(_status, size)] = [one for one in statuses if one[0] == 200]
    assert proof.Checkpoint.read(proof.Note.read(proof.Folder(tmp_path).cosigned(ORIGIN)).text).size == size
    assert [status for status, _size in statuses].count(409) == 7


def test_what_a_witness_remembers_is_its_owners_alone(witness: proof.Witness, tmp_path: Path) -> None:
    witness.add_checkpoint(Log(20).request(0, 20))
    witness.add_checkpoint(Log(20, salt=1).request(20, 20))
    assert [path for path in tmp_path.rglob("*") if path.stat().st_mode & 0o077] == []
