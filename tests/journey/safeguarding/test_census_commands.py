"""`havenline census import`, `export` and `check`, as whoever runs the machine uses them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from benchmarks.census import Maker
from typer.testing import CliRunner, Result

from havenline.cli import app
from havenline.cli.census import checking, giving_back, taking_in
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding.models import Child, ChildCase
from tests.census_files import assessment, child, episode, message

TEXT = message(
    child("A1", episode(assessment("2025-05-01", "2025-06-02"))), child(None, episode()), child("B2", episode("<Shoe>42</Shoe>"))
)


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch, on_wednesday: datetime, team_manager: Membership) -> Membership:
    """Where an installation is set up already: this one."""
    for command in (taking_in, giving_back):
        monkeypatch.setattr(command, "must_be_set_up", lambda: None)
        monkeypatch.setattr(command, "start_django", lambda: None)
    return team_manager


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cin.xml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["census", *words])


def taken(file: Path, holder: Membership, *words: str) -> Result:
    return run("import", str(file), "--agency", holder.agency.slug, "--holder", holder.person.email, *words)


def test_a_preview_says_what_is_new_refused_and_not_understood_and_changes_nothing(at_home: Membership, file: Path) -> None:
    told = taken(file, at_home)
    assert told.exit_code == 0
    assert "2 children, of whom 2 are new here." in told.output
    assert "Would be refused: 1" in told.output
    assert "line 3, child on line 3: LAchildID is missing" in told.output
    assert "line 4, child B2: Shoe is an element that the census does not have" in told.output
    assert "Nothing was changed." in told.output
    assert not Child.objects.exists()


def test_it_is_applied_by_the_number_that_the_preview_told(at_home: Membership, file: Path) -> None:
    shown = re.search(r"SHA-256 of this file: ([0-9a-f]{64})", taken(file, at_home).output)
    assert shown
    done = taken(file, at_home, "--apply", shown[1])
    assert done.exit_code == 0
    assert "Imported: 2 children, 2 cases" in done.output
    assert ChildCase.objects.count() == 2
    again = taken(file, at_home, "--apply", shown[1])
    assert "Imported: 0 children, 0 cases" in again.output
    assert "This very file was imported on 18 November 2026." in taken(file, at_home).output


def test_another_file_than_the_one_that_was_previewed_is_refused(at_home: Membership, file: Path) -> None:
    refused = taken(file, at_home, "--apply", "0" * 64)
    assert refused.exit_code == 3
    assert "another file" in refused.output
    assert not Child.objects.exists()


def test_the_answer_for_machines_lists_all_that_is_refused(at_home: Membership, file: Path) -> None:
    told = json.loads(taken(file, at_home, "--json").stdout)
    assert (told["applied"], told["new_episodes"], told["refused_count"], told["not_understood_count"]) == (False, 2, 1, 1 + 1)
    done = json.loads(taken(file, at_home, "--json", "--apply", told["sha256"]).stdout)
    assert (done["applied"], done["new_children"]) == (True, 2)


@pytest.mark.parametrize(("agency", "holder"), [("nowhere", None), (None, "nobody@mail.example")])
def test_who_takes_the_cases_in_has_to_be_known(at_home: Membership, file: Path, agency: str | None, holder: str | None) -> None:
    told = run("import", str(file), "--agency", agency or at_home.agency.slug, "--holder", holder or at_home.person.email)
    assert told.exit_code == 3


def test_what_is_no_census_is_refused_and_says_so(at_home: Membership, tmp_path: Path) -> None:
    for text in ("<html/>", '<!DOCTYPE Message [<!ENTITY a "b">]>' + TEXT, TEXT[:300], ""):
        file = tmp_path / "cin.xml"
        file.write_text(text)
        told = taken(file, at_home)
        assert told.exit_code == 3
        assert "nothing was changed" in told.output


def test_a_return_is_written_whole_and_readable_by_its_owner_alone(at_home: Membership, file: Path, tmp_path: Path) -> None:
    told = json.loads(taken(file, at_home, "--json").stdout)
    taken(file, at_home, "--apply", told["sha256"])
    out = tmp_path / "out.xml"
    done = run("export", str(out), "--year", "2026")
    assert done.exit_code == 1  # the census that came lacks what a return must say, and each is told
    assert "2 children, 2 episodes." in done.output
    assert "8568   no-further-action-missing" in done.output
    assert out.stat().st_mode & 0o777 == 0o600
    assert "<LEA>201</LEA>" in out.read_text()
    assert sorted(tmp_path.iterdir()) == sorted([file, out])


def test_an_export_that_fails_leaves_the_file_that_was_there(
    at_home: Membership, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.xml"
    out.write_text("last year's")

    def fails(**_said: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("havenline.journey.safeguarding.actions.export_census", fails)
    assert run("export", str(out), "--year", "2026", "--local-authority", "201").exit_code != 0
    assert out.read_text() == "last year's"


def test_a_return_needs_its_authoritys_number_and_one_area(at_home: Membership, elsewhere: Membership, tmp_path: Path) -> None:
    out = str(tmp_path / "out.xml")
    assert "--agency" in run("export", out, "--year", "2026").output
    told = run("export", out, "--year", "2026", "--agency", at_home.agency.slug)
    assert (told.exit_code, "--local-authority" in told.output) == (3, True)


def test_a_return_that_was_exported_is_well_when_it_is_checked(at_home: Membership, tmp_path: Path) -> None:
    out = tmp_path / "out.xml"
    run("export", str(out), "--year", "2026", "--local-authority", "201")
    told = run("check", str(out))
    assert (told.exit_code, "No fault found." in told.output) == (0, True)


def test_a_check_tells_faults_of_form_with_their_lines_and_broken_rules_with_their_children(file: Path) -> None:
    told = run("check", str(file))
    assert told.exit_code == 1
    assert "line 4: <Shoe> does not belong in <CINdetails>" in told.output
    assert "3  8568   no-further-action-missing" in told.output
    assert "child A1, ReferralNFA: It is not said whether the referral led to no further action." in told.output
    assert "the return, Disability: Fewer than eight codes of disability are used in the whole return." in told.output
    said = json.loads(run("check", str(file), "--json").stdout)
    assert (said["rules"]["no-further-action-missing"], said["codes"]["no-further-action-missing"]) == (3, "8568")
    assert {fault["code"] for fault in said["faults"] if fault["rule"] == "no-further-action-missing"} == {"8568"}
    assert {"line": 4, "element": "Shoe", "reason": "does not belong in <CINdetails>"} in said["form"]


def test_a_rule_that_every_child_breaks_hides_none_that_one_breaks(tmp_path: Path) -> None:
    file = tmp_path / "cin.xml"
    many = (child(f"A{number}", episode()) for number in range(checking.LISTED))
    file.write_text(message(*many, child("Z9", episode(referral="2026-04-01"))), encoding="utf-8")
    assert "child Z9, CINreferralDate “2026-04-01”: Referred after the census's year." in run("check", str(file)).output
    said = json.loads(run("check", str(file), "--json").stdout)
    assert said["rules"]["sex-missing"] == checking.LISTED + 1
    assert len([fault for fault in said["faults"] if fault["rule"] == "sex-missing"]) == checking.LISTED


def test_a_check_of_no_census_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cin.xml"
    file.write_text("<Message><Children/></Message>")
    assert run("check", str(file)).exit_code == 3


MADE = """
import django
django.setup()
from havenline.foundation.people.models import Agency, Membership, Person
from havenline.foundation import moment
area = Agency.objects.create(slug="northmere", name="Northmere social care", kind="social_care")
kit = Person.objects.create_user(email="kit@northmere.example", password=None, name="Kit Ndiaye")
Membership.objects.create(person=kit, agency=area, role="team_manager", since=moment.now())
"""
COUNTED = """
import django
django.setup()
from havenline.foundation.records.models import Record
from havenline.journey.safeguarding.models import Child, ChildCase, CensusImport
print(Child.objects.count(), ChildCase.objects.count(), CensusImport.objects.count(), Record.objects.count())
"""


def position(process: int, file: Path) -> int:
    """How far that process has read the file; 0 where it does not hold it open."""
    for one in Path(f"/proc/{process}/fd").iterdir():
        try:
            if one.resolve() == file.resolve():
                return int(Path(f"/proc/{process}/fdinfo/{one.name}").read_text().split()[1])
        except OSError:
            continue
    return 0


@pytest.mark.slow
def test_an_import_that_is_killed_has_imported_nothing_and_is_begun_again(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "HAVENLINE_ROLE")}
    environment = {**kept, "HAVENLINE_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "havenline.site.settings"}

    def python(*words: str) -> str:
        return subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, timeout=300, check=True).stdout

    names = ["--name", "Northmere Hotline", "--base-url", "http://localhost:8000", "--oversight", "Oversight board"]
    python("-m", "havenline.cli", "setup", *names, "--admin-name", "Jo Hale", "--admin-email", "jo@havenline.example")
    python("-c", MADE)
    file = tmp_path / "cin.xml"
    with file.open("w", encoding="utf-8") as out:
        Maker().write(out, 600)
    command = ["census", "import", str(file), "--agency", "northmere", "--holder", "kit@northmere.example", "--json"]
    digest = json.loads(python("-m", "havenline.cli", *command))["sha256"]
    began = subprocess.Popen([sys.executable, "-m", "havenline.cli", *command, "--apply", digest], env=environment)
    furthest = 0  # once it has read something, it goes on to the end, lets the file go, and reads it again for the import
    while began.poll() is None and (at := position(began.pid, file)) >= furthest:
        furthest = at
        time.sleep(0.005)
    time.sleep(0.5)
    was_under_way = began.poll() is None
    began.send_signal(signal.SIGKILL)
    began.wait()
    assert was_under_way
    assert python("-c", COUNTED).split() == ["0", "0", "0", "0"]
    done = json.loads(python("-m", "havenline.cli", *command, "--apply", digest))
    assert (done["applied"], done["new_children"]) == (True, 600)
    assert python("-c", COUNTED).split()[:3] == ["600", str(done["new_episodes"]), "1"]
