"""Pictures are read by processes that can be killed, and that can do nothing but read pictures (ADR 0072)."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from havenline.engines.matching.hashing import answers
from havenline.engines.matching.hashing.decoding import USUAL, Limits, must_fit
from havenline.engines.matching.hashing.errors import DecoderDied, HashingFailed, TookTooLong, TooMuchMemory
from havenline.engines.matching.hashing.picture import ImageHash, digests

STARTED_WITHIN = 60.0  # seconds: on a machine under load
BUFFER = 1024 * 1024
# A child's memory is kept between pictures and not given back page by page: a tenth of the time of a large one.
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(512 * 1024 * 1024), "MALLOC_TRIM_THRESHOLD_": str(512 * 1024 * 1024), "MALLOC_ARENA_MAX": "1"}
# Isolated: neither the working folder nor PYTHON* may say what is imported; it is the Havenline that this one is.
STARTED_BY = "import sys; sys.path.insert(0, sys.argv.pop(1)); from havenline.engines.matching.hashing.child import run; run()"
KEPT = ("LD_LIBRARY_PATH", "HAVENLINE_KERNEL", "SYSTEMROOT")
Key = TypeVar("Key")


@dataclass(frozen=True)
class Confinement:
    """What a child gave up. Limits of memory, files and processes hold on every platform that has them."""

    no_dump: bool  # neither a core file nor another process of the same user can see its memory
    no_new_rights: bool
    filtered: bool  # no file, no socket, no program, no process: the kernel answers EPERM
    no_swap: bool  # only where the process may lock its memory


class HashingProcess:
    """One child, for one picture at a time. After an error of kind TookTooLong or DecoderDied it is gone."""

    def __init__(self, limits: Limits = USUAL) -> None:
        self.limits = limits
        self.confinement: Confinement | None = None  # known once it is ready
        self._line, theirs = socket.socketpair()
        for end in (self._line, theirs):
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                end.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **ALLOCATOR}
        numbers = (theirs.fileno(), limits.bytes, limits.pixels, limits.memory, limits.seconds)
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-c", STARTED_BY, str(Path(__file__).parents[4]), *map(str, numbers)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=environment,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )

    def wait_until_ready(self) -> Confinement:
        """Raises DecoderDied, TookTooLong."""
        if self.confinement is None:
            (bits,) = answers.READY.unpack(self._read(answers.READY.size, time.monotonic() + STARTED_WITHIN))
            self.confinement = Confinement(*(bool(bits & bit) for bit in (1, 2, 4, 8)))
        return self.confinement

    def hash(self, data: bytes, *, fast: bool = False, dihedral: bool = False) -> ImageHash:
        """As `hash_image`. Raises also DecoderDied and TookTooLong."""
        must_fit(len(data), self.limits)
        self.wait_until_ready()
        until = time.monotonic() + self.limits.seconds
        options = (answers.FAST if fast else 0) | (answers.DIHEDRAL if dihedral else 0)
        self._write(answers.QUESTION.pack(len(data), options), until)
        self._write(data, until)
        sha256, md5 = digests(data)  # while the child reads; it is not asked for what it could lie about
        answer = self._read(answers.ANSWER.size, until)
        outcome, quality, width, height, hashes = answers.ANSWER.unpack(answer)
        if outcome != answers.HASHED:
            if outcome > len(answers.FAILURES):
                raise self._died()
            raise _failure(answers.FAILURES[outcome - 1], self.limits)
        if quality > 100 or width * height > self.limits.pixels:
            raise self._died()
        all_of_them = tuple(hashes[at : at + 32].hex() for at in range(0, 256, 32))
        return ImageHash(all_of_them[0], quality, sha256, md5, width, height, all_of_them if dihedral else ())

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    @property
    def process_id(self) -> int:
        return self._child.pid

    def end(self) -> None:
        self._line.close()
        with contextlib.suppress(ProcessLookupError):
            self._child.kill()
        self._child.wait()

    def forget(self) -> None:
        """In a fork of the process that started it: let go of the line, and leave the child to whom it belongs."""
        self._line.close()
        self._child.returncode = 0

    def _write(self, data: bytes, until: float) -> None:
        try:
            self._line.settimeout(max(0.001, until - time.monotonic()))
            self._line.sendall(data)
        except TimeoutError:
            raise self._too_long() from None
        except OSError:
            raise self._died() from None

    def _read(self, length: int, until: float) -> bytes:
        data = b""
        while len(data) < length:
            try:
                self._line.settimeout(max(0.001, until - time.monotonic()))
                came = self._line.recv(length - len(data))
            except TimeoutError:
                raise self._too_long() from None
            except OSError:
                raise self._died() from None
            if not came:
                raise self._died()
            data += came
        return data

    def _too_long(self) -> TookTooLong:
        self.end()
        return TookTooLong(f"Reading this picture was not done after {self.limits.seconds:g} seconds and was ended.")

    def _died(self) -> DecoderDied:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(0.2)  # its line is closed, and it may be about to end
        code = self._child.returncode
        self.end()
        if code is None:
            return DecoderDied("The process that read this picture answered what cannot be, and was ended.")
        how = signal.Signals(-code).name if -code in set(signal.Signals) else f"exit code {code}"
        return DecoderDied(f"The process that read this picture ended by itself ({how}). Other pictures are read by a new one.")


def _failure(kind: type[HashingFailed], limits: Limits) -> HashingFailed:
    """The child says which; the words are said here."""
    name = kind.name.replace("-", " ")
    return kind(
        f"This picture has no hash: {name}. (At most {limits.bytes} bytes, {limits.pixels} pixels, {limits.memory} bytes of memory.)"
    )


class HashingPool:
    """Some children, started when they are first needed, shared by the threads of this process; after a fork each process has its own.

    Whichever child dies is followed by a new one; only the picture that it read fails.
    """

    def __init__(self, size: int | None = None, *, limits: Limits = USUAL) -> None:
        self.size = size or os.cpu_count() or 1
        self.limits = limits
        self._lock = threading.Lock()
        self._closed = False
        self._new()

    def _new(self) -> None:
        self._owner = os.getpid()
        self._free: queue.LifoQueue[HashingProcess | None] = queue.LifoQueue()
        self._all: set[HashingProcess] = set()
        for _place in range(self.size):
            self._free.put(None)

    def hash(self, data: bytes, *, fast: bool = False, dihedral: bool = False) -> ImageHash:
        """As `hash_image`, in a child; waits for a free one. Raises HashingFailed of each kind."""
        must_fit(len(data), self.limits)
        with self._one() as child:
            return child.hash(data, fast=fast, dihedral=dihedral)

    def confinement(self) -> Confinement:
        """What holds here, for doctor. Raises DecoderDied, TookTooLong."""
        with self._one() as child:
            return child.wait_until_ready()

    def hash_each(self, pictures: Iterable[tuple[Key, bytes]], *, fast: bool = False) -> Iterator[tuple[Key, ImageHash | HashingFailed]]:
        """Each picture's hash, or why it has none, in the order given; as many at once as there are children, and few of them in memory."""

        def one(data: bytes) -> ImageHash | HashingFailed:
            try:
                return self.hash(data, fast=fast)
            except HashingFailed as failed:
                return failed

        with ThreadPoolExecutor(self.size) as threads:
            waiting: list[tuple[Key, Future[ImageHash | HashingFailed]]] = []
            for key, data in pictures:
                waiting.append((key, threads.submit(one, data)))
                if len(waiting) > 2 * self.size:
                    first, answer = waiting.pop(0)
                    yield first, answer.result()
            for key, answer in waiting:
                yield key, answer.result()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for child in self._all:
                child.end()
            self._all.clear()

    def __enter__(self) -> "HashingPool":
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None) -> None:
        self.close()

    @contextlib.contextmanager
    def _one(self) -> Iterator[HashingProcess]:
        with self._lock:
            if self._owner != os.getpid():
                for child in self._all:
                    child.forget()
                self._new()
            free = self._free
        last = free.get()
        try:
            if last is None or not last.is_alive:
                last = self._start(instead_of=last)
            yield last
        except TooMuchMemory:
            if last is not None:
                last.end()  # what it kept is given back
            raise
        finally:
            free.put(last if last is not None and last.is_alive else self._next(last))

    def _next(self, gone: HashingProcess | None) -> HashingProcess | None:
        """The one after, which starts while nobody waits; or nobody yet, where this pool is closed."""
        with contextlib.suppress(OSError, RuntimeError):
            return self._start(instead_of=gone)
        return None

    def _start(self, instead_of: HashingProcess | None) -> HashingProcess:
        with self._lock:
            if instead_of is not None:
                instead_of.end()
                self._all.discard(instead_of)
            if self._closed:
                raise RuntimeError("This pool is closed.")
            child = HashingProcess(self.limits)
            self._all.add(child)
            return child
