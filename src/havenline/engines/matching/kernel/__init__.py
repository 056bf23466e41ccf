"""The compiled kernel: `lib`, or None where it was not compiled; then whoever asks does the same by NumPy.

A plain C library, loaded by ctypes: a call costs about 0.65 us, and the GIL is released while it runs (ADR 0071). Every function that
Python calls stands in DECLARED with its types; pointers are addresses (`array.ctypes.data`) or bytes. A C function is seen from outside
only with `SEEN` (kernel.h) before it.
"""

import ctypes
import hashlib
import os
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LIBRARY = HERE / "_kernel.so"

_ADDRESS, _INT, _LONG, _TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_char_p
_COUNT, _NUMBER, _SIGNED = ctypes.c_uint64, ctypes.c_uint32, ctypes.c_int64

# name: (answer, arguments)
DECLARED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "kernel_sources": (_TEXT, ()),
    "confine": (_INT, (_INT,)),  # lock -> what holds, as bits
    "picture_luma": (None, (_ADDRESS, _LONG, _INT, _ADDRESS)),  # pixels, count, plain, to
    # pixels, height, width, stride, channels, dihedral, plain, out -> quality
    "picture_pdq": (_INT, (_ADDRESS, _LONG, _LONG, _LONG, _INT, _INT, _INT, _ADDRESS)),
    # A segment is made: permute, sort, gather, fill (segment.c)
    "index_permute": (None, (_ADDRESS, _ADDRESS, _COUNT, _ADDRESS)),  # table, hashes, count, rows
    "segment_sort": (_SIGNED, (_ADDRESS, _ADDRESS, _COUNT, _ADDRESS)),  # rows, ids, count, order -> distinct
    "segment_gather": (None, (_ADDRESS, _ADDRESS, _ADDRESS, _COUNT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)),
    "segment_wide": (_INT, (_ADDRESS, _COUNT, _NUMBER, _NUMBER, _NUMBER, _ADDRESS)),  # rows, count, chunks, width, bits, wide
    "segment_fill": (_INT, (_ADDRESS, _NUMBER)),  # segment, threads
    "ids_mark": (None, (_ADDRESS, _COUNT, _ADDRESS, _COUNT)),  # filter, words, ids, count
    "ids_marked": (_COUNT, (_ADDRESS, _COUNT, _ADDRESS, _COUNT, _ADDRESS)),  # filter, words, ids, asked, held -> how many
    "graves_put": (None, (_ADDRESS, _COUNT, _ADDRESS, _ADDRESS, _COUNT)),  # graves, slots, ids, numbers, count
    "publish": (None, (_ADDRESS, _COUNT)),  # where, value
    # A search (search.c): ask, queries, count -> hits
    "index_search": (_SIGNED, (_ADDRESS, _ADDRESS, _COUNT)),
    "index_hits": (None, (_ADDRESS, _ADDRESS, _ADDRESS)),  # query, id, distance
    "index_form": (_TEXT, (_INT,)),  # which form of the loops is asked for (-1: the one that serves) -> its name
}


def sources_digest(folder: Path = HERE) -> str:
    """The digest of the C files that stand here, names and bytes; as hatch_build.py compiles it in."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.[ch]")):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def load(library: Path = LIBRARY, *, asked_for: str | None = None) -> tuple[ctypes.CDLL | None, str]:
    """The library and "", or None and why not: never built, not loadable here, or built from other C files than those beside it.

    HAVENLINE_KERNEL=none leaves it unloaded: so that tests and benchmarks can ask what NumPy says.
    """
    if (os.environ.get("HAVENLINE_KERNEL") if asked_for is None else asked_for) == "none":
        return None, "HAVENLINE_KERNEL=none asks for NumPy"
    if not library.exists():
        return None, "it was not compiled: there was no C compiler when Havenline was installed, or too old a one"
    try:
        found = ctypes.CDLL(str(library))
        for name, (answer, arguments) in DECLARED.items():
            function = getattr(found, name)
            function.restype, function.argtypes = answer, arguments
        built_from = found.kernel_sources().decode()
    except (OSError, AttributeError) as error:
        return None, f"it could not be loaded: {error}"
    if built_from != sources_digest():
        return None, "it was compiled from other sources than these; install again (in a checkout: scripts/prepare development)"
    return found, ""


lib, why_not = load()
