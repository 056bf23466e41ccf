"""The process that reads pictures: started by a HashingPool, told what to read over one socket, and able to do nothing else.

`run` is told its end of the line and its limits by `sys.argv`: DESCRIPTOR BYTES PIXELS MEMORY SECONDS. It loads all that it needs, reads
one picture of each format so that no library is loaded later, gives up every right (confine.c, limits), says what of that holds, and then
answers. It never writes: not to a file, not to standard error. It ends when its parent does, since the socket does.
"""

import base64
import contextlib
import gc
import io
import os
import resource
import socket
import sys
import warnings

import numpy as np
from PIL import Image

from havenline.engines.matching import kernel
from havenline.engines.matching.hashing import answers, decoding
from havenline.engines.matching.hashing.decoding import Limits, pixels_of
from havenline.engines.matching.hashing.errors import HashingFailed, TooMuchMemory
from havenline.engines.matching.hashing.reckoning import reckon

# An 8 x 8 GIF, for what Pillow loads only when it is asked; the other formats are made from it.
SMALL = base64.b64decode("R0lGODdhCAAIAIAAAAAAAP///ywAAAAACAAIAAACDkQegal7nFyTL9ZLmQIFADs=")


def main() -> None:
    descriptor, *numbers = (int(float(word)) for word in sys.argv[1:6])
    limits = Limits(numbers[0], numbers[1], numbers[2], numbers[3])
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = limits.pixels
    line = socket.socket(fileno=descriptor)
    warm_up(limits)
    line.sendall(answers.READY.pack(give_up(limits)))
    while True:
        question = exactly(line, answers.QUESTION.size)
        length, options = answers.QUESTION.unpack(question)
        answer = answered(exactly(line, length), options, limits)
        line.sendall(answer)


def run() -> None:
    try:
        main()
    except BaseException:  # no traceback: it might hold what was read
        os._exit(1)


def answered(data: bytearray, options: int, limits: Limits) -> bytes:
    used = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(ValueError, OSError):  # seconds of processor for this picture, should nobody be left to end this process
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + 2 * limits.seconds) + 2, resource.RLIM_INFINITY))
    try:
        pixels, width, height = pixels_of(data, limits=limits, fast=bool(options & answers.FAST))
        hashes, quality = reckon(pixels, dihedral=bool(options & answers.DIHEDRAL))
    except HashingFailed as failed:
        return answers.ANSWER.pack(answers.FAILURES.index(type(failed)) + 1, 0, 0, 0, b"")
    except MemoryError:
        return answers.ANSWER.pack(answers.FAILURES.index(TooMuchMemory) + 1, 0, 0, 0, b"")
    return answers.ANSWER.pack(answers.HASHED, quality, width, height, b"".join(hashes))


def exactly(line: socket.socket, length: int) -> bytearray:
    """So many bytes; ends this process where the parent is gone."""
    data = bytearray(length)
    view, there = memoryview(data), 0
    while there < length:
        came = line.recv_into(view[there:])
        if not came:
            os._exit(0)
        there += came
    return data


def warm_up(limits: Limits) -> None:
    if "AVIF" in decoding.FORMATS:
        from PIL import AvifImagePlugin

        AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # a thread would be another process's worth of rights
    with contextlib.suppress(ImportError):
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
    with Image.open(io.BytesIO(SMALL), formats=("GIF",)) as gif:
        picture = gif.convert("RGB").resize((64, 72))
    for name in decoding.formats():
        made = io.BytesIO()
        with contextlib.suppress(Exception):  # a format that is read and not written
            picture.save(made, name)
            pixels_of(made.getvalue(), limits=limits)
        with contextlib.suppress(HashingFailed):
            pixels_of(b"\0" * 64, limits=limits)
    reckon(pixels_of(SMALL, limits=limits)[0], dihedral=True)
    reckon(np.asarray(picture))


def give_up(limits: Limits) -> int:
    """Every right that reading a picture does not need. Returns what confine.c could make sure of, as bits."""
    gc.collect()
    may_lock = False
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as statm:
        mapped = int(statm.read().split()[0]) * resource.getpagesize()
        most = mapped + limits.memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        # Where the limit of locked memory lies between the two, locking would begin well and end in a picture that is refused.
        locked = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]
        may_lock = locked == resource.RLIM_INFINITY or not mapped <= locked < most
    for what in ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC"):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, what), (0, 0))
    if kernel.lib is None:
        return 0
    return int(kernel.lib.confine(may_lock))
