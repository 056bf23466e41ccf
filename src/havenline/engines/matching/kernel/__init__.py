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

# name: (answer, arguments)
DECLARED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "kernel_sources": (_TEXT, ()),
    "confine": (_INT, (_INT,)),  # lock -> what holds, as bits
    # pixels, height, width, stride, channels, dihedral, plain, out -> quality
    "picture_pdq": (_INT, (_ADDRESS, _LONG, _LONG, _LONG, _INT, _INT, _INT, _ADDRESS)),
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
