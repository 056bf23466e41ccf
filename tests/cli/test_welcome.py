"""What a start of the demo says while its port does not answer."""

import time
from pathlib import Path

import pytest

from havenline.cli.demo import Welcome
from tests.foundation.post.mail_server import free_port

LATE = "does not answer yet"


@pytest.fixture
def welcome(tmp_path: Path) -> Welcome:
    (tmp_path / "demo-accounts.json").write_text("[]")
    return Welcome(tmp_path, free_port(), time.monotonic() - 600)


def test_a_world_that_took_minutes_to_make_is_no_reason_to_call_the_port_late(welcome: Welcome, capsys: pytest.CaptureFixture[str]) -> None:
    assert not welcome()
    assert LATE not in capsys.readouterr().err


def test_a_port_that_does_not_answer_for_a_minute_is_said_once(welcome: Welcome, capsys: pytest.CaptureFixture[str]) -> None:
    assert not welcome()
    welcome.first_look -= 61
    assert not welcome()
    assert not welcome()
    assert capsys.readouterr().err.count(LATE) == 1
