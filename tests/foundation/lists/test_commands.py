"""`havenline lists`: in and out as CSV, held and released, from the machine that runs it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from havenline.cli import app, lists
from havenline.foundation.lists.models import KnownList, ListEntry
from tests.foundation.lists.conftest import random_pdq

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "must_be_set_up", lambda: None)


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["lists", *map(str, words)])


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["signal,value,quality", *lines]) + "\n")
    return path


def test_a_file_is_read_and_waits_for_a_word(hashes: KnownList, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", *(f"pdq,{random_pdq()},90" for _one in range(7)))
    answer = run("import", hashes.slug, file)
    assert answer.exit_code == 0
    assert "7 lines: 7 new" in answer.stdout
    assert "It is read, and waits" in answer.stdout
    assert not hashes.entries.exists()


def test_it_is_applied_at_once_where_that_is_said(hashes: KnownList, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", *(f"pdq,{random_pdq()},90" for _one in range(7)))
    answer = run("import", hashes.slug, file, "--apply", "--json")
    assert answer.exit_code == 0
    said = json.loads(answer.stdout)
    assert (said["state"], said["additions"]) == ("applied", 7)
    assert hashes.entries.live().count() == 7


def test_lines_that_cannot_be_taken_are_named(hashes: KnownList, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", f"pdq,{random_pdq()},90", "pdq,abc,", "md5,xyz,")
    answer = run("import", hashes.slug, file, "--apply")
    assert answer.exit_code == 3
    assert "line 3: A PDQ hash is 64 hexadecimal digits; this has 3 signs." in answer.stdout
    assert json.loads(run("import", hashes.slug, file, "--json").stdout)["bad"] == 2
    assert not hashes.entries.exists()


def test_what_shrinks_a_list_is_held_whatever_was_said(hashes: KnownList, listed: Callable[[int], list[ListEntry]], tmp_path: Path) -> None:
    standing = listed(40)
    answer = run("import", hashes.slug, written(tmp_path / "a.csv", f"pdq,{standing[0].value},"), "--whole", "--apply")
    assert answer.exit_code == 1
    assert "It would withdraw 97% of the list" in answer.stdout
    assert hashes.entries.live().count() == 40


def test_out_and_in_again_changes_nothing(hashes: KnownList, listed: Callable[[int], list[ListEntry]], tmp_path: Path) -> None:
    listed(12)
    out = run("export", hashes.slug)
    assert out.exit_code == 0
    (tmp_path / "b.csv").write_text(out.stdout)
    said = json.loads(run("import", hashes.slug, tmp_path / "b.csv", "--whole", "--apply", "--json").stdout)
    assert (said["already"], said["additions"], said["withdrawals"]) == (12, 0, 0)


def test_a_list_is_held_and_released(hashes: KnownList) -> None:
    assert run("hold", hashes.slug, "--reason", " ").exit_code == 3
    assert run("hold", hashes.slug, "--reason", "Broken into.").exit_code == 0
    assert json.loads(run("show", hashes.slug, "--json").stdout)["held"] == "Broken into."
    assert "held: Broken into." in run("show").stdout
    assert run("release", hashes.slug).exit_code == 0
    assert json.loads(run("show", hashes.slug, "--json").stdout)["held"] == ""


def test_what_is_not_there_is_named(hashes: KnownList, tmp_path: Path) -> None:
    assert run("show", "none-such").exit_code == 4
    assert run("import", hashes.slug, tmp_path / "none.csv").exit_code == 4
    (tmp_path / "no.csv").write_text("a;b\n")
    assert run("import", hashes.slug, tmp_path / "no.csv").exit_code == 3
