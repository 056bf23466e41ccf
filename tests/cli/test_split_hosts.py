"""Set up on PostgreSQL for real, the public process from a home of its own: as on two hosts."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from havenline.site import installation
from tests.faults.cluster import own_postgresql
from tests.faults.place import Place, Reporter, kill

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def owner_url() -> Iterator[str]:
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("no PostgreSQL programs here")
    with own_postgresql() as url:
        yield url


def roles(owner_url: str) -> list[str]:
    with psycopg.connect(owner_url) as connection:
        rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'havenline%' ORDER BY 1").fetchall()
    return [str(row[0]) for row in rows]


def enqueue_as(url: str, task: str) -> None:
    """Put another task beside the one of an arrival, as whoever has taken over that process would."""
    columns = "status, args_kwargs, priority, queue_name, backend_name, exception_class_path, traceback, enqueued_at, run_after, worker_ids"
    with psycopg.connect(url) as connection:
        (found,) = connection.execute("SELECT count(*) FROM django_tasks_database_dbtaskresult").fetchone() or (0,)
        assert found
        connection.execute(
            f"INSERT INTO django_tasks_database_dbtaskresult (id, task_path, {columns})"  # noqa: S608
            f" SELECT gen_random_uuid(), %s, {columns} FROM django_tasks_database_dbtaskresult LIMIT 1",
            [task],
        )


def test_a_set_up_that_postgresql_refuses_says_what_is_needed_and_leaves_nothing(owner_url: str, tmp_path: Path) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE stranger LOGIN CREATEROLE")  # may make roles, but owns no database
    place = Place.of_home(tmp_path / "home")
    place.home.mkdir(mode=0o700)
    parts = urlsplit(owner_url)
    as_stranger = parts._replace(netloc=f"stranger@{parts.netloc.rpartition('@')[2]}").geturl()
    said = [
        "--name",
        "N",
        "--base-url",
        "http://localhost",
        "--oversight",
        "O",
        "--admin-name",
        "J",
        "--admin-email",
        "j@havenline.example",
    ]
    answer = place.command("setup", *said, "--owner-url", as_stranger, code=4)
    assert "must own the database" in answer
    assert roles(owner_url) == []
    assert list(place.home.iterdir()) == []  # the folder itself may not be ours to make again


def test_a_public_host_takes_a_report_that_only_the_desk_opens(owner_url: str, tmp_path: Path) -> None:
    desk = Place(tmp_path, owner_url)
    assert roles(owner_url) == ["havenline_app", "havenline_public"]
    desk.command("public-home", str(tmp_path / "public"))
    public = Place.of_home(tmp_path / "public", desk.port)
    assert "none that opens one" in public.command("doctor")
    assert "Style sheets" in public.command("migrate")
    serving = public.serve_public()
    try:
        reporter = Reporter(public)
        reporter.walk_to_the_check()
        assert reporter.press_send()
        assert public.ask("GET", "/desk/")[0] == 404
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            enqueue_as(installation.load(public.home).database_url, "havenline.foundation.post.tasks.send_letter")
    finally:
        kill(serving)
    worker = desk.start("worker", until_served=False)
    try:
        desk.python(
            "import time; from havenline.journey.intake.models import Report\n"
            "for _try in range(300):\n"
            "    if Report.objects.exclude(opened_at=None).exists(): break\n"
            "    time.sleep(0.1)\n"
            "else: raise SystemExit('not opened')"
        )
    finally:
        kill(worker)
