"""Compiles `src/havenline/engines/matching/kernel/*.c` into one plain library beside them, where there is a C compiler (ADR 0071).

Run by hatchling for a wheel and for an editable install (`uv sync`), or by hand: `python hatch_build.py`. Without a compiler the install
goes on and NumPy does the same work more slowly. `CC` names another compiler; `HAVENLINE_KERNEL=none` compiles nothing, `=required`
fails without one.
"""

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand, outside hatchling
    BuildHookInterface = object  # type: ignore[assignment,misc]

KERNEL = Path(__file__).parent / "src/havenline/engines/matching/kernel"
LIBRARY = KERNEL / "_kernel.so"
# No -march=native: what is built here may run elsewhere. Functions for newer processors carry their own target and are chosen at run time.
# -ffp-contract=off: a fused multiply-add rounds once where the reference of PDQ rounds twice, and moves bits of a hash.
OPTIONS = (
    "-std=gnu11",
    "-O3",
    "-fPIC",
    "-shared",
    "-pthread",
    "-fvisibility=hidden",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-Wall",
    "-Wextra",
    "-Wno-psabi",
)


def sources_digest() -> str:
    """What the library says of itself and the loader compares: the digest of the C files that stand here, names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(KERNEL.glob("*.[ch]")):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def compile_kernel() -> str:
    """Compile, put the library in its place in one step, say how it went. Raises RuntimeError where one is required and cannot be."""
    wanted = os.environ.get("HAVENLINE_KERNEL", "")
    found = os.environ.get("CC", "") or next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), "")
    if not found or wanted == "none" or sys.platform == "win32":
        if wanted == "required":
            raise RuntimeError("There is no C compiler, and HAVENLINE_KERNEL=required")
        LIBRARY.unlink(missing_ok=True)
        return "havenline: no C compiler: matching and hashing will be done by NumPy, exactly and more slowly"
    descriptor, made = tempfile.mkstemp(suffix=".so", prefix="._kernel-", dir=KERNEL)
    os.close(descriptor)
    said = ["-DHAVENLINE_KERNEL_SOURCES=" + f'"{sources_digest()}"', "-o", made]
    try:
        ran = subprocess.run([*shlex.split(found), *OPTIONS, *said, *map(str, sorted(KERNEL.glob("*.c"))), "-lm"], check=False)
        if ran.returncode:
            if wanted == "required":
                raise RuntimeError(f"{found} could not compile the kernel, and HAVENLINE_KERNEL=required")
            LIBRARY.unlink(missing_ok=True)
            return f"havenline: {found} could not compile the kernel: matching and hashing will be done by NumPy, exactly and more slowly"
        Path(made).chmod(0o755)
        Path(made).replace(LIBRARY)  # whoever has the old one mapped keeps it
    finally:
        Path(made).unlink(missing_ok=True)
    return f"havenline: kernel compiled by {found}"


def platform_tag() -> str:
    """A library that any Python 3 of this platform loads: it knows nothing of Python."""
    name = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if sys.platform == "linux" and platform.libc_ver()[0] == "glibc":  # what it was linked against is what it asks for
        major, minor = platform.libc_ver()[1].split(".")[:2]
        name = name.replace("linux", f"manylinux_{major}_{minor}", 1)
    return f"py3-none-{name}"


class CompiledKernel(BuildHookInterface):  # type: ignore[misc,valid-type]
    """Hatchling's hook: before a wheel or an editable install is put together."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":  # an sdist carries the C files
            return
        print(compile_kernel(), file=sys.stderr)
        if not LIBRARY.exists():
            return
        build_data["artifacts"].append(f"/{LIBRARY.relative_to(Path(__file__).parent)}")
        build_data["pure_python"] = False
        build_data["tag"] = platform_tag()


if __name__ == "__main__":
    print(compile_kernel())
