"""The compiled kernel is trusted only where it was built from the sources beside it; without it NumPy serves."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from havenline.engines.matching import kernel

ROOT = Path(__file__).parents[4]
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@pytest.mark.skipif(not COMPILER, reason="there is no C compiler here")
def test_where_there_is_a_compiler_the_kernel_serves() -> None:
    assert kernel.lib is not None, kernel.why_not


def test_a_kernel_that_was_never_built_is_said_and_not_an_error(tmp_path: Path) -> None:
    lib, why_not = kernel.load(tmp_path / "_kernel.so", asked_for="")
    assert lib is None
    assert "no C compiler" in why_not


def test_a_file_that_is_no_library_is_said_and_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "_kernel.so").write_bytes(b"half a library")
    lib, why_not = kernel.load(tmp_path / "_kernel.so", asked_for="")
    assert lib is None
    assert "could not be loaded" in why_not


@pytest.mark.skipif(not COMPILER, reason="there is no C compiler here")
def test_a_library_of_other_sources_is_refused(tmp_path: Path) -> None:
    stale = tmp_path / "_kernel.so"
    sources = [str(path) for path in sorted(kernel.HERE.glob("*.c"))]
    subprocess.run(
        [str(COMPILER), "-shared", "-fPIC", "-pthread", '-DHAVENLINE_KERNEL_SOURCES="older"', "-o", str(stale), *sources, "-lm"], check=True
    )
    lib, why_not = kernel.load(stale, asked_for="")
    assert lib is None
    assert "other sources" in why_not


def test_numpy_can_be_asked_for() -> None:
    assert kernel.load(asked_for="none") == (None, "HAVENLINE_KERNEL=none asks for NumPy")


def test_an_install_without_a_compiler_goes_on_and_says_so(tmp_path: Path) -> None:
    place = tmp_path / "src/havenline/engines/matching/kernel"
    place.mkdir(parents=True)
    for source in kernel.HERE.glob("*.[ch]"):
        shutil.copy(source, place)
    (place / "_kernel.so").write_bytes(b"of yesterday")
    shutil.copy(ROOT / "hatch_build.py", tmp_path)
    without = {name: value for name, value in os.environ.items() if name not in ("CC", "HAVENLINE_KERNEL")} | {"PATH": str(tmp_path)}
    ran = subprocess.run([sys.executable, "hatch_build.py"], cwd=tmp_path, env=without, capture_output=True, text=True, check=True)
    assert "no C compiler" in ran.stdout
    assert not (place / "_kernel.so").exists()
    required = subprocess.run(
        [sys.executable, "hatch_build.py"], cwd=tmp_path, env=without | {"HAVENLINE_KERNEL": "required"}, capture_output=True
    )
    assert required.returncode != 0
