"""Many machines, through Ray: the same result, whoever is lost. Ray is an extra; where it is missing this is left out."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.engines.matching.scanning import archive

from havenline.engines.matching.scanning import Here, Scan, Unseen, Work
from havenline.engines.matching.scanning.cluster import Cluster

pytestmark = [pytest.mark.slow, pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")]


def work_on(folder: Path, number: int) -> Work:
    (folder / "index").mkdir()
    return Work(archive.many(folder / "archive", number), archive.index(folder / "index"))


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return work_on(tmp_path_factory.mktemp("scan"), 300)


@pytest.fixture(scope="module")
def cluster(work: Work) -> Iterator[Cluster]:
    with Cluster(work, address="local", workers=2) as made:
        yield made


@pytest.fixture(scope="module")
def whole(work: Work, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The result of this machine alone."""
    to = tmp_path_factory.mktemp("whole") / "result.jsonl"
    with Here(work, processes=1) as hands, Scan(archive.asked(work.root, work.index), to) as scan:
        scan.run(hands)
    return to.read_bytes()


def by(cluster: Cluster, work: Work, to: Path) -> bytes:
    with Scan(archive.asked(work.root, work.index), to) as scan:
        assert scan.run(cluster).finished
    return to.read_bytes()


def workers_of(cluster: Cluster) -> list[int]:
    """Processes that work on tasks, by their title."""
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    mine = {int(line.split()[0]) for line in listed.splitlines() if "ray::looked" in line}
    return sorted(one for one in mine if str(cluster._folder) in environment_of(one))


def environment_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/environ").read_text(errors="replace")
    except OSError:  # it was killed, and is gone
        return ""


def test_workers_give_the_result_that_this_machine_gives_alone(cluster: Cluster, work: Work, whole: bytes, tmp_path: Path) -> None:
    assert by(cluster, work, tmp_path / "result.jsonl") == whole


def test_a_worker_that_is_killed_costs_no_file(cluster: Cluster, work: Work, whole: bytes, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill() -> None:
        until = time.monotonic() + 60
        while len(killed) < 2 and time.monotonic() < until:
            for one in workers_of(cluster)[:1]:
                os.kill(one, signal.SIGKILL)
                killed.append(one)
            time.sleep(0.3)

    killer = threading.Thread(target=kill)
    killer.start()
    assert by(cluster, work, tmp_path / "result.jsonl") == whole
    killer.join()
    assert killed


def test_nothing_of_it_listens_but_on_loopback(cluster: Cluster) -> None:
    listening = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
    ours = [line.split()[3] for line in listening.splitlines() if "raylet" in line or "gcs_server" in line or "ray::" in line]
    assert ours
    assert all(address.startswith(("127.", "[::1]", "[::ffff:127.")) for address in ours), ours


def test_a_worker_that_does_not_see_the_archive_says_so(cluster: Cluster, work: Work, tmp_path: Path) -> None:
    cluster.work = Work(tmp_path / "nowhere", work.index)
    try:
        with pytest.raises(Unseen, match="nowhere"):
            list(cluster.rows([b"a"]))
    finally:
        cluster.work = work
