"""Set up on PostgreSQL for real, the public process from a home of its own: as on two hosts."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from havenline.cli import home as homes
from havenline.site import installation
from tests.faults.cluster import own_postgresql
from tests.faults.place import Place, Reporter, kill
from tests.foundation.post.mail_server import free_port

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
    assert roles(owner_url) == ["havenline_api", "havenline_app", "havenline_match", "havenline_public"]
    answers_at = free_port()
    desk.command("public-home", str(tmp_path / "public"), "--receipts-at", f"http://127.0.0.1:{answers_at}")
    public = Place.of_home(tmp_path / "public", desk.port)
    assert "not ok  receipts" in public.command("doctor", code=1)
    assert "Style sheets" in public.command("migrate")
    serving = public.serve_public()
    try:
        reporter = Reporter(public)
        reporter.walk_to_the_check()
        receipt = reporter.press_send()  # nobody answers receipts yet: it is taken all the same
        assert public.ask("POST", "/report/", go="open", receipt=receipt)[0] == 503
        answering = desk.start("serve", "--role", "receipts", "--port", str(answers_at), until_served=False)
        try:
            wait_for(answers_at)
            assert "none that opens one" in public.command("doctor")
            status, page = public.ask("POST", "/report/", go="open", receipt=receipt)
            assert (status, "Add to your report" in page) == (200, True)
            assert "can’t find a report" in public.ask("POST", "/report/", go="open", receipt="1" * 16)[1]
        finally:
            kill(answering)
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


def wait_for(port: int) -> None:
    for _try in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nobody listens on {port}")


SEND = (
    "from havenline.foundation.people import actions as people; from havenline.foundation.people.models import Agency;"
    "from havenline.foundation.ledger.actors import INSTALLATION;"
    "chat = people.add_agency(name='chat.example', kind='platform', by=INSTALLATION);"
    "print(people.make_api_key(agency=chat, by=INSTALLATION)[1])"
)


def test_the_api_works_as_a_user_of_its_own_without_the_desks_key_and_reads_no_case(owner_url: str, tmp_path: Path) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE second")
        for role in roles(owner_url):
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")
    place = Place(tmp_path, urlsplit(owner_url)._replace(path="/second").geturl())
    key = place.python(SEND)
    (place.home / "keys/desk.key").rename(tmp_path / "desk.key")  # what it never asked for, it does not miss
    (place.home / "keys/receipt.key").rename(tmp_path / "receipt.key")
    serving = place.start("serve", "--role", "api", "--port", str(place.port), until_served=False)
    try:
        said = json.dumps({"kind": "contact", "narrative": "An adult stranger asked a child to meet.", "danger_now": False})
        status, body = sent(place, "POST", "/api/v1/reports", key, said)
        assert status == 201, body
        status, body = sent(place, "GET", f"/api/v1/reports/{json.loads(body)['reference']}", key)
        assert (status, json.loads(body)["status"]) == (200, "received")
    finally:
        kill(serving)
    with psycopg.connect(installation.load(place.home).api_database_url, autocommit=True) as api:
        for table in ("investigation_case", "safeguarding_child", "handover_handover", "django_session", "intake_receipt"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                api.execute(f"SELECT * FROM {table}")  # noqa: S608


KNOWN = """
import json
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency
hotline = Agency.objects.get(kind='hotline')
made = lists.make_list(name='Our hashes', kind='hash', origin='own', agency=hotline, by=INSTALLATION)
lists.add_entries(known_list=made, new=[lists.NewEntry('md5', 'a' * 32)], by=INSTALLATION)
print(people.make_api_key(agency=hotline, by=INSTALLATION, scopes=('match', 'curate'))[1])
"""


def test_matching_on_a_host_of_its_own_has_its_own_user_no_key_and_nothing_of_the_desk(owner_url: str, tmp_path: Path) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS second WITH (FORCE)")
        for role in roles(owner_url):
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")
        connection.execute("CREATE DATABASE third")
    desk = Place(tmp_path, urlsplit(owner_url)._replace(path="/third").geturl())
    key = desk.python(f"exec({KNOWN!r})")
    matching = Place.of_home(tmp_path / "match")  # short: a socket lies in it
    matching.home.mkdir(mode=0o700, parents=True)
    url = installation.load(desk.home).match_database_url
    said = {"kind": "installation", "base_url": "http://localhost", "match_database_url": url}
    homes.write_private(matching.home / "havenline.toml", homes.toml_of(said))
    one_worker = {"HAVENLINE_PROCESSES": "1"}  # who says that it is ready is who answers next
    serving = matching.start("serve", "--role", "match", "--port", str(matching.port), until_served=False, **one_worker)
    try:
        for _try in range(600):
            if sent(matching, "GET", "/readyz", key)[0] == 200:
                break
            time.sleep(0.1)
        status, body = sent(matching, "GET", f"/m/raw_lookup?signal={'a' * 32}&signal_type=md5", key)
        assert (status, len(json.loads(body)["matches"])) == (200, 1)
        [number] = json.loads(body)["matches"]
        assert json.loads(sent(matching, "DELETE", f"/c/bank/OUR_HASHES/content/{number}", key)[1]) == {"deleted": 1}
    finally:
        kill(serving)
    assert not (matching.home / "keys").exists()
    with psycopg.connect(url, autocommit=True) as match:
        for table in ("intake_report", "investigation_case", "safeguarding_child", "django_session", "intake_message"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                match.execute(f"SELECT * FROM {table}")  # noqa: S608


def sent(place: Place, method: str, path: str, key: str, body: str = "") -> tuple[int, str]:
    """One request of a platform, as soon as somebody answers."""
    for _try in range(300):
        connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=60)
        try:
            headers = {"Host": "localhost", "Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            connection.request(method, path, body or None, {**headers, **({"Idempotency-Key": "one-of-a-test"} if body else {})})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except ConnectionError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError(place.log.read_text())
