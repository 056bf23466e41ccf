"""`havenline witness` as a process that is killed and started again: it forgets nothing that it cosigned."""

import http.client
import subprocess
import sys
import time
from pathlib import Path

import pytest

from havenline.engines import proof
from tests.foundation.post.mail_server import free_port

pytestmark = pytest.mark.slow
LOG = proof.SigningKey.make("report.example.org/ledger/1a2b3c4d")


def havenline(*said: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "havenline.cli", "witness", *said], capture_output=True, text=True, check=False)


class Served:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "havenline.cli", "witness", "serve", str(folder), "--port", str(self.port)]
        self.process = subprocess.Popen(command)
        for _try in range(200):
            try:
                self.ask(b"")
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("it does not answer")

    def ask(self, body: bytes) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/add-checkpoint", body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def checkpoint(size: int, root: bytes) -> str:
    return proof.Checkpoint(LOG.name, size, root).signed(LOG)


def test_a_witness_that_was_killed_remembers_and_names_a_split_view(tmp_path: Path) -> None:
    folder = tmp_path / "witness"
    made = havenline("make", str(folder), "--name", "witness.example.org/w1")
    key = proof.VerifierKey.read(made.stdout.splitlines()[-1])
    assert havenline("make", str(folder), "--name", "witness.example.org/w1").returncode == 3
    assert havenline("know", str(folder), str(LOG.public)).returncode == 0
    first = Served(folder)
    status, line = first.ask(proof.request(0, [], checkpoint(7, b"a" * 32)))
    first.kill()
    assert status == 200
    assert proof.open_checkpoint(checkpoint(7, b"a" * 32) + line, [LOG.public], [key]).cosigned
    second = Served(folder)
    try:
        assert second.ask(proof.request(0, [], checkpoint(9, b"b" * 32))) == (409, "7\n")
        assert second.ask(proof.request(7, [], checkpoint(7, b"b" * 32))) == (409, "7\n")
        assert second.ask(b"x" * 100_000)[0] == 413
    finally:
        second.kill()
    shown = havenline("show", str(folder))
    assert shown.returncode == 1
    assert "split view" in shown.stderr
    assert f"{LOG.name}: 7 entries cosigned" in shown.stdout
