"""A picture is read by a process that can be killed and can do nothing else; whatever happens to it, only that picture fails."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tests.engines.matching.hashing import pictures

from havenline.engines.matching import kernel
from havenline.engines.matching.hashing import (
    CutShort,
    Damaged,
    DecoderDied,
    HashingFailed,
    HashingPool,
    HashingProcess,
    ImageHash,
    Limits,
    NotAPicture,
    TookTooLong,
    TooManyBytes,
    TooManyPixels,
    TooMuchMemory,
    answers,
    hash_image,
)

SMALL = pictures.drawn("landscape", 160, 120)
JPEG = pictures.coded(SMALL, "JPEG")
MARK = b"havenline-benign-test-pattern"
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone confines a process so")


@pytest.fixture(scope="module")
def pool() -> Iterator[HashingPool]:
    with HashingPool(2) as made:
        yield made


@pytest.mark.parametrize("name", pictures.FILES)
def test_a_child_says_what_this_process_says(pool: HashingPool, name: str) -> None:
    kind, options = pictures.FILES[name]
    data = pictures.coded(SMALL, kind, **options)
    assert pool.hash(data) == hash_image(data)
    assert pool.hash(data, dihedral=True) == hash_image(data, dihedral=True)
    assert pool.hash(data, fast=True) == hash_image(data, fast=True)


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"", NotAPicture), (b"no picture", NotAPicture), (JPEG[:1500], CutShort), (b"\x89PNG\r\n\x1a\n" + bytes(50), (Damaged, NotAPicture))],
)
def test_a_child_says_why_a_picture_has_no_hash(pool: HashingPool, data: bytes, error: type[HashingFailed]) -> None:
    with pytest.raises(error):
        pool.hash(data)
    assert pool.hash(JPEG) == hash_image(JPEG)


def test_limits_hold_in_a_child_too() -> None:
    with HashingPool(1, limits=Limits(bytes=len(JPEG), pixels=160 * 120 - 1)) as small:
        with pytest.raises(TooManyPixels):
            small.hash(JPEG)
        with pytest.raises(TooManyBytes):
            small.hash(JPEG + b"\0")


@linux
def test_a_picture_that_asks_for_too_much_memory_fails_alone() -> None:
    large = pictures.coded(np.zeros((5000, 5000, 3), dtype=np.uint8), "PNG", compress_level=1)
    with HashingPool(1, limits=Limits(memory=40_000_000)) as small:
        with pytest.raises(TooMuchMemory):
            small.hash(large)
        assert small.hash(JPEG) == hash_image(JPEG)


def test_a_picture_that_takes_too_long_is_ended() -> None:
    child = HashingProcess(Limits(seconds=0.4))
    child.wait_until_ready()
    os.kill(child.process_id, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(TookTooLong):
        child.hash(JPEG)
    took, lives = time.monotonic() - began, child.is_alive
    if lives:
        os.kill(child.process_id, signal.SIGKILL)
    assert took < 30
    assert not lives


def test_a_large_picture_really_is_cut_off_in_the_middle() -> None:
    large = pictures.coded(np.zeros((9000, 9000, 3), dtype=np.uint8), "JPEG")
    child = HashingProcess(Limits(seconds=0.02))
    with pytest.raises(TookTooLong):
        child.hash(large)
    assert not child.is_alive


def test_after_one_that_took_too_long_the_next_is_read_by_another_child() -> None:
    with HashingPool(1, limits=Limits(seconds=4)) as one:
        one.hash(JPEG)
        (slow,) = one._all
        os.kill(slow.process_id, signal.SIGSTOP)
        with pytest.raises(TookTooLong):
            one.hash(JPEG)
        assert one.hash(JPEG) == hash_image(JPEG)
        assert slow not in one._all


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT, signal.SIGBUS])
def test_a_decoder_that_crashes_fails_its_own_picture(how: signal.Signals) -> None:
    with HashingPool(1) as one:
        child = one._start(None)
        one._free.get()
        one._free.put(child)
        assert one.hash(JPEG) == hash_image(JPEG)
        os.kill(child.process_id, signal.SIGSTOP)
        threading.Timer(0.2, lambda: (os.kill(child.process_id, how), os.kill(child.process_id, signal.SIGCONT))).start()
        with pytest.raises(DecoderDied, match=how.name):
            one.hash(JPEG)
        assert one.hash(JPEG) == hash_image(JPEG)


def test_a_child_that_died_between_two_pictures_fails_none() -> None:
    with HashingPool(1) as one:
        one.hash(JPEG)
        for child in list(one._all):
            os.kill(child.process_id, signal.SIGKILL)
            while child.is_alive:
                time.sleep(0.01)
        assert one.hash(JPEG) == hash_image(JPEG)


def a_child_that_says(answer: bytes) -> HashingProcess:
    """The parent's side as it is; at the other end of its line one who answers whatever was asked."""
    child = HashingProcess()
    child.wait_until_ready()
    ours, theirs = socket.socketpair()
    child._line.close()
    child._line = ours

    def answers_it() -> None:
        with theirs, theirs.makefile("rb") as heard:
            length, _options = answers.QUESTION.unpack(heard.read(answers.QUESTION.size))
            heard.read(length)
            theirs.sendall(answer)

    threading.Thread(target=answers_it).start()
    return child


@pytest.mark.parametrize(
    "answer",
    [
        answers.ANSWER.pack(0, 101, 160, 120, bytes(256)),
        answers.ANSWER.pack(0, 90, 2**32 - 1, 2**32 - 1, bytes(256)),
        answers.ANSWER.pack(7, 0, 0, 0, b""),
        answers.ANSWER.pack(255, 0, 0, 0, b""),
        b"",
        b"half an answer",
    ],
)
def test_a_child_that_says_what_cannot_be_is_not_believed(answer: bytes) -> None:
    child = a_child_that_says(answer)
    with pytest.raises(DecoderDied):
        child.hash(JPEG)
    assert not child.is_alive


def test_a_child_that_went_over_to_its_picture_cannot_lie_about_the_files_digests() -> None:
    child = a_child_that_says(answers.ANSWER.pack(0, 90, 160, 120, bytes(256)))
    found = child.hash(JPEG)
    child.end()
    assert (found.sha256, found.md5) == (hash_image(JPEG).sha256, hash_image(JPEG).md5)


def test_many_pictures_come_back_in_their_order_each_with_its_hash_or_its_reason(pool: HashingPool) -> None:
    files = [pictures.coded(pictures.drawn(kind, 160, 120), "JPEG") for kind in pictures.KINDS] + [b"none", JPEG[:900]]
    found = dict(pool.hash_each((number, files[number % len(files)]) for number in range(80)))
    assert list(found) == list(range(80))
    for number, answer in found.items():
        data = files[number % len(files)]
        if number % len(files) < len(pictures.KINDS):
            assert answer == hash_image(data)
        else:
            assert isinstance(answer, HashingFailed)


def test_threads_share_a_pool(pool: HashingPool) -> None:
    found: list[ImageHash] = []
    threads = [threading.Thread(target=lambda: found.extend(pool.hash(JPEG) for _time in range(10))) for _thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [hash_image(JPEG)] * 60
    assert len(pool._all) == 2


def test_after_a_fork_each_process_has_children_of_its_own(pool: HashingPool) -> None:
    before = pool.hash(JPEG)
    ours = {child.process_id for child in pool._all}
    read, write = os.pipe()
    forked = os.fork()
    if not forked:
        try:
            same = pool.hash(JPEG) == before
            theirs = {child.process_id for child in pool._all}
            os.write(write, b"well" if same and not theirs & ours else b"not well")
        finally:
            os._exit(0)
    os.waitpid(forked, 0)
    assert os.read(read, 20) == b"well"
    assert pool.hash(JPEG) == before
    assert ours & {child.process_id for child in pool._all}


def test_a_pool_that_is_closed_leaves_no_child_behind() -> None:
    closed = HashingPool(2)
    closed.hash(JPEG)
    children = [child.process_id for child in closed._all]
    closed.close()
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)
    with pytest.raises(RuntimeError, match="closed"):
        closed.hash(JPEG)


@linux
def test_children_end_when_whoever_started_them_is_killed() -> None:
    program = (
        "import os, signal; from havenline.engines.matching.hashing import HashingProcess; one = HashingProcess(); one.wait_until_ready();"
        "print(one.process_id, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False).stdout
    child = int(said)
    for _try in range(200):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        time.sleep(0.02)
    raise AssertionError("it lives on")


# What a child cannot do. Each is tried from inside, after it gave up its rights as it does before its first picture.

TRIES = {
    "open a file to read": "open('/etc/hostname', 'rb')",
    "open a file to write": "open('havenline-should-not-be', 'wb')",
    "make a file in memory": "os.memfd_create('x')",
    "open a socket": "socket.socket(socket.AF_INET)",
    "open a local socket": "socket.socket(socket.AF_UNIX)",
    "make a pipe": "os.pipe()",
    "fork": "os.fork()",
    "start a program": "os.execv('/bin/true', ['/bin/true'])",
    "signal another process": "os.kill(os.getppid(), 0)",
    "write to a descriptor": "os.write(1, b'x')",
    "list a folder": "os.listdir('/')",
    "look at a path": "os.stat('/')",
    "remove a file": "os.unlink('havenline-should-not-be')",
    "make memory executable": "mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)",
    "raise its limits of files": "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))",
    "change another's limits": "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
    "watch another process": "open(f'/proc/{os.getppid()}/mem', 'rb')",
}


@linux
@pytest.mark.skipif(kernel.lib is None, reason="without a kernel limits alone hold")
def test_a_child_cannot_do_anything_but_read_pictures(tmp_path: Path) -> None:
    program = f"""
import mmap, os, resource, socket, sys
from havenline.engines.matching.hashing import child, decoding
line = socket.socket(fileno=int(sys.argv[1]))
child.warm_up(decoding.USUAL)
bits = child.give_up(decoding.USUAL)
could = []
for name, code in {TRIES!r}.items():
    try:
        exec(code)
    except OSError as error:
        if error.errno not in (1, 24):
            could.append(f"{{name}}: {{error}}")
    except ValueError:
        pass
    else:
        could.append(name)
line.sendall(f"{{bits}}|{{', '.join(could)}}".encode())
os._exit(0)
"""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = theirs.fileno()
        ran = subprocess.run([sys.executable, "-c", program, str(line)], pass_fds=(line,), cwd=tmp_path, capture_output=True, timeout=60)
        ours.settimeout(5)
        bits, _bar, could = ours.recv(10_000).decode().partition("|")
    assert could == "", ran.stderr.decode()
    assert int(bits) & 7 == 7
    assert not list(tmp_path.iterdir())


@linux
def test_what_a_child_gave_up_is_known(pool: HashingPool) -> None:
    holds = pool.confinement()
    if kernel.lib is not None:
        assert holds.no_dump
        assert holds.no_new_rights
        assert holds.filtered


@linux
def test_limits_of_the_kernel_stand_on_a_child(pool: HashingPool) -> None:
    pool.hash(JPEG)
    for child in pool._all:
        try:
            text = Path(f"/proc/{child.process_id}/limits").read_text()
        except PermissionError:
            pytest.skip("only root may look at a process that cannot be dumped")
        limits = {line[:26].strip(): line[26:].split()[:2] for line in text.splitlines()[1:]}
        assert limits["Max core file size"] == ["0", "0"]
        assert limits["Max file size"] == ["0", "0"]
        assert limits["Max open files"] == ["0", "0"]
        assert limits["Max address space"][0] != "unlimited"


@linux
def test_a_child_holds_its_line_and_nothing_else_of_ours(pool: HashingPool, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of the parent")
    with (tmp_path / "secret").open() as _held, HashingPool(1) as one:
        one.hash(JPEG)
        (child,) = one._all
        try:
            held = sorted(os.readlink(entry) for entry in Path(f"/proc/{child.process_id}/fd").iterdir())
            environment = Path(f"/proc/{child.process_id}/environ").read_bytes()
        except PermissionError:
            pytest.skip("only root may look at a process that cannot be dumped")
        assert held[:3] == ["/dev/null"] * 3
        assert [one.split(":")[0] for one in held[3:]] == ["socket"]
        assert b"DATABASE" not in environment
        assert b"HOME" not in environment


def test_nothing_of_a_picture_is_written_anywhere(tmp_path: Path) -> None:
    """The zero-image watch: a marked picture is hashed, well and badly, here and in children that are killed; its mark is in no file."""
    words = PngInfo()
    words.add_text("Comment", MARK.decode())
    marked = pictures.coded(SMALL, "PNG", pnginfo=words)
    exif = Image.Exif()
    exif[0x010E] = MARK.decode()
    described = pictures.coded(SMALL, "JPEG", exif=exif, comment=MARK)
    assert MARK in marked
    assert MARK in described
    program = """
import faulthandler, logging, sys, os, signal
logging.basicConfig(level=0, filename="log")
from havenline.engines.matching.hashing import HashingPool, HashingFailed, Limits, hash_image
data, described = sys.stdin.buffer.read().split(b"::::")
half = data[: len(data) // 2]
hash_image(data), hash_image(described)
def tried(hashes, what):
    try: hashes(what)
    except HashingFailed as failed: logging.exception("%s", failed)
tried(hash_image, half)
tried(hash_image, described[:600])
with HashingPool(1, limits=Limits(seconds=3)) as pool:
    pool.hash(data), pool.hash(described)
    tried(pool.hash, half)
    for how in (signal.SIGSEGV, signal.SIGABRT, signal.SIGSTOP):
        pool.hash(data)
        for child in list(pool._all):
            os.kill(child.process_id, signal.SIGSTOP)
            if how != signal.SIGSTOP:
                os.kill(child.process_id, how)
        tried(pool.hash, data)
"""
    environment = os.environ | {"TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", program], input=marked + b"::::" + described, cwd=tmp_path, env=environment, capture_output=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr.decode()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in written] == ["log"]
    for content in (written[0].read_bytes(), ran.stdout, ran.stderr):
        assert MARK not in content
        assert b"IHDR" not in content
        assert b"Exif" not in content
