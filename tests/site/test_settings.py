"""What the settings make of an installation's configuration."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from havenline.site import settings as product


def test_what_a_database_url_asks_of_the_connection_is_never_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_ALL", "postgres://u:p%40ss@db.example:5433/h?sslmode=verify-full&sslrootcert=/etc/ssl/db.crt")
    said = product._database()
    assert (said["HOST"], said["PORT"], said["NAME"], said["PASSWORD"]) == ("db.example", "5433", "h", "p@ss")
    del said["OPTIONS"]["options"]  # who acts
    assert said["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/etc/ssl/db.crt"}


@pytest.mark.parametrize(
    ("role", "says"), [("desk", ""), ("public", ""), ("worker", "-c havenline.acting=all"), ("all", "-c havenline.acting=all")]
)
def test_at_the_desk_no_connection_sees_a_case_before_somebody_acts(role: str, says: str) -> None:
    program = "from havenline.site import settings; print(settings.DATABASES['default']['OPTIONS'].get('options', ''))"
    url = "postgres://u@127.0.0.1/h"
    environment = {**os.environ, "HAVENLINE_ROLE": role, f"DATABASE_URL_{role.upper()}": url}
    said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == says


@pytest.mark.parametrize(("kind", "is_required"), [("installation", True), ("demo", False)])
def test_a_second_factor_is_required_in_an_installation_and_not_in_the_demo(kind: str, is_required: bool, tmp_path: Path) -> None:
    (tmp_path / "havenline.toml").write_text(f'kind = "{kind}"\n')
    program = "from havenline.site import settings; print(settings.SECOND_FACTOR_REQUIRED)"
    environment = {**os.environ, "HAVENLINE_HOME": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(is_required)


@pytest.mark.parametrize(
    ("role", "opens_reports", "finds_by_receipt", "urls"),
    [
        ("public", False, False, "public"),
        ("api", False, False, "api"),
        ("match", False, False, "all"),
        ("desk", True, False, "desk"),
        ("receipts", True, True, "receipts"),
        ("worker", True, True, "all"),
    ],
)
def test_each_role_holds_the_keys_and_has_the_addresses_of_its_own_side(
    role: str, opens_reports: bool, finds_by_receipt: bool, urls: str
) -> None:
    program = "from havenline.site import settings as s; print(s.HOLDS_DESK_KEY, s.HOLDS_RECEIPT_KEY, s.WRAPS_FOR_PARTIES, s.ROOT_URLCONF)"
    environment = {**os.environ, "HAVENLINE_ROLE": role}
    said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split() == [str(opens_reports), str(finds_by_receipt), str(opens_reports), f"havenline.site.urls.{urls}"]


def test_each_process_signs_in_as_the_user_that_is_its_own_and_without_one_as_the_desks(tmp_path: Path) -> None:
    program = "from havenline.site import settings; print(settings.DATABASES['default']['USER'])"

    def user_of(role: str) -> str:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_URL")}
        environment |= {"HAVENLINE_ROLE": role, "HAVENLINE_HOME": str(tmp_path)}
        return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True).stdout.strip()

    urls = 'database_url = "postgres://havenline_app@db/h"\n'
    (tmp_path / "havenline.toml").write_text(urls)
    assert user_of("match") == "havenline_app"
    own = "".join(f'{role}_database_url = "postgres://havenline_{role}@db/h"\n' for role in ("public", "api", "match"))
    (tmp_path / "havenline.toml").write_text(urls + own)
    assert [user_of(role) for role in ("public", "api", "match", "desk", "worker")] == [
        "havenline_public",
        "havenline_api",
        "havenline_match",
        "havenline_app",
        "havenline_app",
    ]


AREA = """
area = "Coventry"
[[override]]
edition = "2026"
step = "single_assessment"
from = 2026-12-01
clock = { amount = 35 }
source = "Local procedure"
verified = "secondary"
"""


def started_in(home: Path, program: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HAVENLINE_HOME": str(home)}
    return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)


def test_a_process_counts_by_the_homes_own_rules_of_the_guidance(tmp_path: Path) -> None:
    (tmp_path / "guidance").mkdir()
    (tmp_path / "guidance" / "coventry.toml").write_text(AREA)
    program = "from datetime import date; from havenline.site import settings; from havenline.engines import procedure;"
    said = started_in(tmp_path, f"{program} print(procedure.edition('2026').due('single_assessment', started=date(2026, 12, 1)))")
    assert said.stdout.strip() == "2027-01-22"


def test_a_home_whose_own_rules_are_wrong_starts_nothing_and_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "guidance").mkdir()
    (tmp_path / "guidance" / "coventry.toml").write_text(AREA.replace("35", "0"))
    said = started_in(tmp_path, "from havenline.site import settings")
    assert said.returncode != 0
    assert "BadConfiguration" in said.stderr
    assert "coventry.toml, line 7, override 'single_assessment', key 'clock.amount'" in said.stderr
