"""What doctor says of backups, modes and memory."""

import json
import resource
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from havenline.cli import backup, surviving
from havenline.foundation import moment
from havenline.foundation.sealing import keys
from havenline.site.installation import Installation


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    keys.make(home / "keys")
    (home / "havenline.toml").touch(mode=0o600)
    settings.HOME, settings.KEYS = home, home / "keys"
    settings.INSTALLATION = Installation(home=home, kind="installation")
    return home


def note(home: Path, **changed: Any) -> Path:
    """As a backup that was just made stands in the home."""
    target = home.parent / "b"
    target.write_bytes(b"a backup")
    made = {
        "made_at": moment.now().isoformat(timespec="seconds"),
        "target": str(target),
        "size": 8,
        "sha256": "0",
        "expires": (moment.today() + timedelta(days=35)).isoformat(),
        "keys": backup.keys_digest(backup.keys_of(home)),
        "keys_target": f"{target}.keys",
    }
    (home / backup.MADE).write_text(json.dumps(made | changed) + "\n")
    return target


def test_a_fresh_backup_with_these_keys_is_well(home: Path) -> None:
    note(home)
    assert surviving.backups().ok


@pytest.mark.parametrize("what", ["none", "old", "other keys", "expired"])
def test_no_backup_an_old_one_one_of_other_keys_and_an_expired_one_are_named(what: str, home: Path, settings: Any) -> None:
    changed = {
        "old": {"made_at": (moment.now() - timedelta(days=1, hours=3)).isoformat(timespec="seconds")},
        "other keys": {"keys": "0" * 64},
        "expired": {"expires": (moment.today() - timedelta(days=1)).isoformat()},
    }
    if what != "none":
        note(home, **changed[what])
    named = {"none": "none was ever made", "old": "the newest is of", "other keys": "keys were changed", "expired": "b has expired"}
    finding = surviving.backups()
    assert not finding.ok
    assert named[what] in finding.said
    settings.INSTALLATION = Installation(home=home, kind="demo")
    assert surviving.backups().ok is (None if what == "none" else False)


@pytest.mark.parametrize("name", ["havenline.toml", "keys", "journal"])
def test_what_others_can_read_is_named(name: str, home: Path) -> None:
    (home / "journal").mkdir(mode=0o700)
    assert surviving.modes().ok
    (home / name).chmod(0o755)
    assert (surviving.modes().ok, name in surviving.modes().said) == (False, True)


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_CORE)[1] == 0, reason="this machine writes no core dump at all")
def test_a_process_of_ours_that_could_write_its_memory_to_disk_is_named() -> None:
    careless = "import resource as r, time; r.setrlimit(r.RLIMIT_CORE, (r.getrlimit(r.RLIMIT_CORE)[1],) * 2); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", careless, "havenline.site.wsgi:application"])
    try:
        for _try in range(200):
            if str(process.pid) in surviving.core_dumps().said:
                break
            time.sleep(0.01)
        assert not surviving.core_dumps().ok
    finally:
        process.kill()
        process.wait()


def test_expired_backups_go_with_the_next_one_where_they_are_still_what_was_written(home: Path) -> None:
    target = note(home, expires=(moment.today() - timedelta(days=1)).isoformat())
    assert backup._delete_expired(home) == []  # another file of that name
    note(home, expires=(moment.today() - timedelta(days=1)).isoformat(), sha256=backup.sealed_file.digest_of(target))
    assert backup._delete_expired(home) == [str(target)]
    assert not target.exists()
