"""An exported ledger is checked with no database: every kind of bad file is refused and named, by both verifiers alike."""

import importlib.util
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

import havenline
from havenline.engines import proof

SMALL = Path(__file__).parents[3] / "docs/auditors/verify_ledger.py"
KEY = proof.SigningKey("report.example.org/ledger/1a2b3c4d", proof.SIGNS, bytes(range(32)))
NEXT = proof.SigningKey(KEY.name, proof.SIGNS, bytes(range(2, 34)))
STRANGER = proof.SigningKey(KEY.name, proof.SIGNS, bytes(range(3, 35)))
WITNESS = proof.SigningKey("witness.example/w1", proof.COSIGNS, bytes(range(1, 33)))
Change = Callable[[list[str]], None]


def made(
    count: int = 12, *, words: str = "did thing", changed_at: int = 0, signers: Callable[[int], tuple[proof.SigningKey, ...]] | None = None
) -> list[str]:
    """A whole file: checkpoints after entries 5 and `count`, the first of them witnessed."""
    head, tree = proof.GENESIS, proof.Frontier()
    lines = [proof.line_of_keys([str(KEY.public)])]
    for number in range(1, count + 1):
        verb = proof.KEY_CHANGED if number == changed_at else f"{words} {number}"
        body = proof.canonical({"v": 1, "at": "2026-11-18T10:00:00.000000+00:00", "verb": verb, "object": "Llŷn"})
        head = proof.link_hash(head, number, proof.entry_hash(body))
        tree.append(bytes.fromhex(proof.entry_hash(body)))
        lines.append(proof.line_of_entry(number, body, proof.entry_hash(body), head))
        if number in (5, changed_at, count):
            said = proof.Checkpoint(KEY.name, number, tree.root())
            whole = said.signed(*(signers(number) if signers else (KEY,)))
            lines.append(proof.line_of_checkpoint(whole + (WITNESS.line(said.text, at=1_700_000_000) if number == 5 else "")))
    return [*lines, proof.line_of_head(count, head)]


@pytest.fixture(scope="module")
def small() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_ledger", SMALL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def swapped(lines: list[str]) -> None:
    lines[3], lines[4] = lines[4], lines[3]


def in_line(at: int, old: str, new: str) -> Change:
    def change(lines: list[str]) -> None:
        assert old in lines[at]
        lines[at] = lines[at].replace(old, new, 1)

    return change


def signature_spoilt(lines: list[str]) -> None:
    said = json.loads(lines[6])["checkpoint"]
    at = said.index("— report") + 60
    lines[6] = proof.line_of_checkpoint(said[:at] + ("A" if said[at] != "A" else "B") + said[at + 1 :])


def written_anew_under_the_old_checkpoints(lines: list[str]) -> None:
    """The whole chain anew from entry 3 on: it fits together, and is not what was signed."""
    other = made(words="did nothing")
    lines[:] = [old if "checkpoint" in old else new for old, new in zip(lines, other, strict=True)]


def a_checkpoint_of_another_place(lines: list[str]) -> None:
    lines.insert(10, lines[6])


def a_head_in_the_middle(lines: list[str]) -> None:
    """One more entry, rightly chained, after a last line that was right as well."""
    longer = made(13)
    at = next(number for number, line in enumerate(longer) if '"sequence":13' in line)
    lines[:] = [*longer[:at], proof.line_of_head(12, json.loads(longer[at - 1])["link"]), *longer[at:]]


# What was done to a file; the entry that is named, or None where only a key that one was told shows it.
BAD: dict[str, tuple[Change, int]] = {
    "an entry changed": (in_line(4, "did thing 4", "did thinG 4"), 4),
    "its hash changed": (in_line(4, '"hash":"', '"hash":"0'), 4),
    "its link changed": (in_line(4, '"link":"', '"link":"0'), 4),
    "its number changed": (in_line(4, '"sequence":4', '"sequence":40'), 4),
    "an entry removed": (lambda lines: lines.pop(4), 4),
    "the first removed": (lambda lines: lines.pop(1), 1),
    "an entry doubled": (lambda lines: lines.insert(4, lines[3]), 4),
    "an entry put in": (lambda lines: lines.insert(4, made(words="did other")[4]), 4),
    "two entries exchanged": (swapped, 3),
    "more in an entry's line": (in_line(4, '"sequence"', '"more":1,"sequence"'), 4),
    "cut short before the head": (lambda lines: lines.pop(), 13),
    "cut short in the middle": (lambda lines: lines.__delitem__(slice(5, None)), 5),
    "cut short in a line": (lambda lines: lines.__setitem__(slice(5, None), [lines[5][:40]]), 0),
    "another head": (in_line(-1, '"head":"', '"head":"0'), 12),
    "another count": (in_line(-1, '"count":12', '"count":11'), 12),
    "more after the head": (lambda lines: lines.append(lines[1]), 13),
    "a head in the middle": (a_head_in_the_middle, 13),
    "no JSON": (lambda lines: lines.insert(3, "x"), 0),
    "no object": (lambda lines: lines.insert(3, "[1]"), 0),
    "a line of another kind": (lambda lines: lines.insert(3, '{"a":1}'), 3),
    "a signature spoilt": (signature_spoilt, 5),
    "written anew": (written_anew_under_the_old_checkpoints, 5),
    "a checkpoint moved": (a_checkpoint_of_another_place, 8),
}


def found_bad(lines: list[str], keys: list[proof.VerifierKey]) -> proof.Broken:
    with pytest.raises(proof.Broken) as broken:
        proof.check_export(lines, keys=keys)
    return broken.value


@pytest.mark.parametrize("told", [[], [KEY.public, WITNESS.public]], ids=["no key", "key"])
def test_a_good_file_holds_for_both_verifiers(small: ModuleType, told: list[proof.VerifierKey]) -> None:
    checked = proof.check_export(made(), keys=[key for key in told if key.kind == proof.SIGNS], witnesses=[WITNESS.public])
    assert (checked.count, checked.signed, checked.witnessed, checked.signed_by) == (12, 12, 5, (str(KEY.public),))
    said = small.check(made(), dict(small.read_key(str(key)) for key in told))
    assert said.startswith("12 entries hold. Signed: 12")
    assert f"Witnessed: {5 if told else 0}." in said


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_by_both_verifiers(what: str, small: ModuleType) -> None:
    change, named = BAD[what]
    lines = made()
    change(lines)
    broken = found_bad(lines, [])
    if named:
        assert broken.sequence == named
    for keys in ({}, dict([small.read_key(str(KEY.public))])):
        with pytest.raises((ValueError, KeyError, TypeError)):
            small.check(lines, keys)


def cut_and_closed(count: int) -> list[str]:
    """Cut after an entry, with a new last line that fits."""
    lines = made()
    kept = [line for line in lines[:-1] if "checkpoint" in line or "keys" in line or json.loads(line)["sequence"] <= count]
    kept = kept[: kept.index(next(line for line in kept if f'"sequence":{count}}}' in line)) + 1]
    return [*kept, proof.line_of_head(count, json.loads(kept[-1])["link"])]


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (cut_and_closed(9), 6),
        (made(signers=lambda _number: (STRANGER,)), 1),
        ([proof.line_of_keys([str(STRANGER.public)]), *made(signers=lambda _number: (STRANGER,))[1:]], 1),
        (made(signers=lambda n: (KEY,) if n == 5 else (STRANGER,)), 6),
    ],
    ids=["cut and closed anew", "signed by a stranger", "signed by a stranger whom it names", "continued by a stranger"],
)
def test_what_agrees_with_itself_is_refused_by_the_key_that_one_was_told(lines: list[str], named: int, small: ModuleType) -> None:
    assert proof.check_export(lines).count  # nothing in it says so
    assert found_bad(lines, [KEY.public]).sequence == named
    with pytest.raises(ValueError, match=f"Entry {named} and all after it"):
        small.check(lines, dict([small.read_key(str(KEY.public))]))


def test_a_file_is_read_a_line_at_a_time_and_no_further_than_to_the_first_that_does_not_fit() -> None:
    lines, read = made(count=40), 0
    in_line(30, "did thing", "did thinG")(lines)

    def one_by_one() -> Iterator[str]:
        nonlocal read
        for line in lines:
            read += 1
            yield line

    with pytest.raises(proof.Broken):
        proof.check_export(one_by_one())
    assert read == 31


def test_ten_times_the_entries_take_no_more_memory() -> None:
    def peak(count: int) -> int:
        lines = made(count)
        tracemalloc.start()
        proof.check_export(iter(lines), keys=[KEY.public])
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is imported and kept the first time
    assert peak(10_000) < 2 * peak(1_000)


def test_a_change_of_key_is_followed_by_whoever_was_told_both_and_named_to_the_others(small: ModuleType) -> None:
    signers = {5: (KEY,), 8: (KEY, NEXT), 12: (NEXT,)}
    lines = made(changed_at=8, signers=signers.__getitem__)
    for told in ([KEY.public, NEXT.public], [NEXT.public]):
        assert proof.check_export(lines, keys=told).signed == 12
        assert "Signed: 12" in small.check(lines, dict(small.read_key(str(key)) for key in told))
    broken = found_bad(lines, [KEY.public])
    assert broken.sequence == 9
    assert "entry 8 says that its key was changed" in broken.why


def test_a_checkpoint_that_somebody_kept_shows_a_ledger_written_anew_and_one_cut_back() -> None:
    kept = proof.Checkpoint.read(proof.Note.read(json.loads(made()[6])["checkpoint"]).text)
    assert proof.check_export(made(), kept=[kept]).count == 12
    for lines in (made(words="did nothing"), made(count=4)):
        with pytest.raises(proof.Broken) as broken:
            proof.check_export(lines, keys=[KEY.public], kept=[kept])
        assert "checkpoint that you kept" in broken.value.why
        assert broken.value.sequence == 5


def test_the_small_verifier_is_one_page_of_the_standard_library(tmp_path: Path) -> None:
    text = SMALL.read_text()
    assert len(text.splitlines()) <= 150
    assert {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))} <= sys.stdlib_module_names
    file = tmp_path / "ledger.jsonl"
    file.write_text("\n".join(made()) + "\n")
    command = [sys.executable, "-I", "-S", str(SMALL), str(file), str(KEY.public), str(WITNESS.public)]
    assert "12 entries hold" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    file.write_text("\n".join(cut_and_closed(9)) + "\n")
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, "Entry 6" in ended.stderr) == (1, True)


WITHOUT_DJANGO = """
import sys
class Refuses:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "ninja", "allauth", "psycopg", "sqlite3"}:
            raise AssertionError(f"{name} was wanted")
sys.meta_path.insert(0, Refuses())
sys.argv[0] = "havenline"
from havenline.cli import main
main()
"""


def test_the_command_checks_a_file_without_django_settings_or_a_database(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text("\n".join(made()) + "\n")
    lines = made()
    BAD["an entry changed"][0](lines)
    bad.write_text("\n".join(lines) + "\n")
    source = str(Path(havenline.__file__).parents[1])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": source, "HAVENLINE_HOME": str(tmp_path / "nowhere")}

    def verify(*said: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITHOUT_DJANGO, "ledger", "verify", *said]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    holds = verify(str(good), "--key", str(KEY.public), "--witness", str(WITNESS.public))
    assert holds.returncode == 0, holds.stderr
    assert "5 entries are witnessed by witness.example/w1" in holds.stdout
    broken = verify(str(bad), "--json")
    assert (broken.returncode, json.loads(broken.stdout)["sequence"]) == (1, 4)
