"""`havenline scan`: an archive in, a result out; with an index alone, and with an installation's."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from havenline.cli import app
from tests.engines.matching.scanning import archive


@pytest.fixture(autouse=True)
def this_process_is_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a scan gives up for good, it would give up for every test after it."""
    monkeypatch.setattr("havenline.cli.scan.leave_no_core_dump", lambda: None)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return archive.made(tmp_path / "archive")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "index").mkdir()
    return archive.index(tmp_path / "index")


def scanned(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["scan", *map(str, arguments)])


def words(result: Result) -> str:
    return " ".join((result.stdout + result.stderr).replace("│", "").split())


def test_an_index_alone_is_enough_and_its_answer_for_machines_counts(root: Path, index: Path, tmp_path: Path) -> None:
    result = scanned(root, "--index", index, "--to", tmp_path / "result.csv", "--processes", 1, "--json")
    said = json.loads(result.stdout)
    assert said["finished"]
    assert (said["files"], said["done"], said["matched"]) == (9, 9, 3)
    assert said["failed"] == {"cut-short": 1, "link": 2, "not-a-picture": 1, "special": 1}
    assert result.exit_code == 1  # half a picture could not be read
    assert len((tmp_path / "result.csv").read_text().splitlines()) == 10


def test_all_well_is_0_and_what_is_no_picture_is_no_failure(root: Path, index: Path, tmp_path: Path) -> None:
    (root / "b" / "half.png").unlink()
    result = scanned(root, "--index", index, "--to", tmp_path / "result.jsonl", "--processes", 1)
    assert result.exit_code == 0
    assert "8 of 8 files looked at; 3 are known." in words(result)


def test_a_dry_run_counts_and_opens_nothing(root: Path, tmp_path: Path) -> None:
    assert "9 files" in words(scanned(root, "--dry-run"))
    assert json.loads(scanned(root, "--dry-run", "--limit", 4, "--json").stdout) == {"files": 4}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive"]


def test_what_is_not_understood_is_said_with_exit_code_2(root: Path, index: Path, tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"a\0b\n")
    for arguments, said in (
        ([root, "--index", index], "ends in .csv or .jsonl"),
        ([root, "--index", index, "--to", tmp_path / "result.txt"], "ends in .csv or .jsonl"),
        ([root, "--index", index, "--to", tmp_path / "no folder" / "result.csv"], "There is no folder"),
        ([root, "--index", index, "--to", tmp_path / "result.csv", "--list", "ours"], "leave --index out"),
        ([tmp_path / "nothing", "--dry-run"], "does not exist"),
        ([tmp_path / "list", "--dry-run"], "Line 1"),
    ):
        result = scanned(*arguments)
        assert result.exit_code == 2
        assert said in words(result)


def test_what_is_refused_changes_nothing_and_has_exit_code_3(root: Path, index: Path, tmp_path: Path) -> None:
    (tmp_path / "result.csv").write_text("mine")
    assert scanned(root, "--index", index, "--to", tmp_path / "result.csv").exit_code == 3
    assert (tmp_path / "result.csv").read_text() == "mine"
    inside = scanned(root, "--index", index, "--to", root / "result.csv")
    assert inside.exit_code == 3
    assert "lie in what is scanned" in words(inside)


def test_an_index_that_is_missing_is_said_with_exit_code_4(root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = scanned(root, "--index", tmp_path / "empty", "--to", tmp_path / "result.csv")
    assert result.exit_code == 4
    assert "There is no index" in words(result)


def test_it_starts_without_django_and_without_an_installation(root: Path, index: Path, tmp_path: Path) -> None:
    program = "import sys; from havenline.cli import app\ntry: app(sys.argv[1:])\nexcept SystemExit: pass\nprint('django' in sys.modules)"
    arguments = ["scan", root, "--index", index, "--to", tmp_path / "result.csv", "--processes", "1"]
    environment = {**os.environ, "HAVENLINE_HOME": str(tmp_path / "nowhere")}
    ran = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, env=environment)
    assert ran.stdout.splitlines()[-1] == "False"
    assert (tmp_path / "result.csv").exists()


@pytest.mark.slow
def test_ctrl_c_ends_it_cleanly_and_says_how_to_go_on(index: Path, tmp_path: Path) -> None:
    root = archive.many(tmp_path / "many", 600)
    to = tmp_path / "result.csv"
    command = [sys.executable, "-m", "havenline.cli", "scan", root, "--index", index, "--to", to, "--processes", "1"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while running.poll() is None and (not to.exists() or to.stat().st_size < 1000):
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    said, _errors = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "Run the same command again to go on." in said
    done = len(to.read_text().splitlines()) - 1
    assert f"{done} of 600 files" in said
    again = subprocess.run(command, capture_output=True, text=True)
    assert again.returncode == 0
    assert "Goes on where it stood." in again.stderr
    assert len({line.split(",")[0] for line in to.read_text().splitlines()[1:]}) == 600
