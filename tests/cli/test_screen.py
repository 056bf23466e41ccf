"""`havenline screen`: a conversation in, lines to look at out. It needs no installation and keeps nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from havenline.cli import app

CONVERSATION = "Sam: hi\nRobin: how old are you?\nRobin: keep this between us\n"


def screened(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["screen", *arguments], input=given)


def test_findings_for_machines_have_sign_line_speaker_text_and_reason(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(CONVERSATION, encoding="utf-8")
    result = screened(str(tmp_path / "chat.txt"), "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)["findings"]
    assert [(finding["sign"], finding["line"], finding["speaker"], finding["text"]) for finding in found] == [
        ("asks_about_child", 2, "Robin", "how old are you"),
        ("asks_for_secrecy", 3, "Robin", "keep this between us"),
    ]
    assert set(found[0]) == {"sign", "line", "speaker", "text", "reason"}


def test_a_person_reads_line_words_reason_and_counts(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(CONVERSATION, encoding="utf-8")
    result = screened(str(tmp_path / "chat.txt"))
    assert result.exit_code == 0
    assert "Line 2, Robin: “how old are you”" in result.stdout
    assert "1  Asks for secrecy" in result.stdout
    assert "never proof" in result.stdout
    assert "says nothing about whether it is harmless" in " ".join(result.stdout.split())


def test_a_dash_reads_standard_input() -> None:
    assert json.loads(screened("-", "--json", given=CONVERSATION.encode()).stdout)["findings"][0]["line"] == 2


def test_nothing_found_says_that_it_proves_nothing() -> None:
    result = screened("-", given=b"Sam: did you do the homework?")
    assert result.exit_code == 0
    assert "proves nothing" in result.stdout
    assert "says nothing about whether the conversation is safe" in " ".join(result.stdout.split())
    assert json.loads(screened("-", "--json", given=b"").stdout) == {"findings": []}


def test_a_file_that_cannot_be_read_is_said_so_with_exit_code_2(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        result = screened(str(path))
        assert result.exit_code == 2
        assert "cannot be read" in " ".join(result.stderr.replace("│", "").split())


def test_bytes_that_are_no_text_hide_no_line() -> None:
    (finding,) = json.loads(screened("-", "--json", given=b"\xff\xfa\x00\nRobin: how old are you \xe2\x28\n").stdout)["findings"]
    assert finding["line"] == 2


def test_a_file_saved_as_utf_16_is_read() -> None:
    assert json.loads(screened("-", "--json", given=CONVERSATION.encode("utf-16")).stdout)["findings"][0]["speaker"] == "Robin"


def test_no_other_peoples_words_steer_the_terminal() -> None:
    assert "\x1b" not in screened("-", given=b"Ro\x1b[2Jbin: how old are\x1b you\n").stdout


def test_it_starts_without_django_and_without_an_installation(tmp_path: Path) -> None:
    program = (
        "import sys; from havenline.cli import app\ntry: app(['screen', '-'])\nexcept SystemExit: pass\nprint('django' in sys.modules)"
    )
    environment = {**os.environ, "HAVENLINE_HOME": str(tmp_path / "nowhere")}
    ran = subprocess.run([sys.executable, "-c", program], input="Robin: how old are you?", capture_output=True, text=True, env=environment)
    assert ran.stdout.splitlines()[-1] == "False"
    assert not (tmp_path / "nowhere").exists()
