"""A test must be able to fail: break the code as each row of tests/seen_to_fail/*.toml says, and see its tests fail.

    python scripts/see_them_fail.py [WORDS...]      only rows whose line, or whose list's name, holds all of these words

A row names what a numbered line of an issue promises, one place in the code, what stands there, what stands there instead, and the
tests that must notice. Each is done in a copy of this checkout: nothing here is changed. First every test named must pass as it is.
On PostgreSQL (`database = "postgresql"`) with DATABASE_URL, as the suite.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROWS = ROOT / "tests" / "seen_to_fail"
FAILED = 1  # pytest's word for: tests ran, and some failed. 2 to 5 are its other troubles, and prove nothing.
PATIENCE = 600  # seconds for one row


@dataclass(frozen=True)
class Row:
    """`text` stands once in `file`, counted from the root; `instead` is the fault."""

    line: str
    file: str
    text: str
    instead: str
    tests: tuple[str, ...]
    database: str = "sqlite"
    listed_in: str = ""

    @property
    def place(self) -> str:
        return f"{self.line} ({self.file})"


def rows() -> Iterator[Row]:
    """Every row of every file, in order. Raises TypeError for a row with an unknown or a missing part."""
    for path in sorted(ROWS.glob("*.toml")):
        for found in tomllib.loads(path.read_text())["broken"]:
            yield Row(**{**found, "tests": tuple(found["tests"]), "listed_in": path.stem})


@contextmanager
def a_copy() -> Iterator[Path]:
    """What git knows of this checkout, as it stands now, in a folder of its own."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    with tempfile.TemporaryDirectory(prefix="havenline-broken-") as folder:
        for name in filter(None, names):
            if (ROOT / name).exists():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, Path(folder) / name)
        compile_kernel(Path(folder))
        yield Path(folder)


def compile_kernel(folder: Path) -> None:
    """The C of a copy, where there is a compiler; without one NumPy serves, and a fault in C is noticed by nobody."""
    subprocess.run([sys.executable, "hatch_build.py"], cwd=folder, check=False, stdout=subprocess.DEVNULL)


def run(folder: Path, tests: Sequence[str], database: str) -> tuple[int, str]:
    """pytest's code, and what it said."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    if database == "postgresql":
        environment["DATABASE_URL"] = os.environ["DATABASE_URL"]
    said = [sys.executable, "-m", "pytest", "-q", "-p", "no:warnings", *tests]
    try:
        done = subprocess.run(said, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return -1, f"took longer than {PATIENCE} seconds"
    return done.returncode, done.stdout + done.stderr


def broken(folder: Path, row: Row) -> str:
    """Empty if its tests failed of it; otherwise what happened instead."""
    file = folder / row.file
    whole = file.read_text()
    if whole.count(row.text) != 1:
        return f"its text stands there {whole.count(row.text)} times"
    file.write_text(whole.replace(row.text, row.instead))
    compiled = file.suffix in (".c", ".h")
    try:
        if compiled:
            compile_kernel(folder)
        code, said = run(folder, row.tests, row.database)
    finally:
        file.write_text(whole)
        if compiled:
            compile_kernel(folder)
    return "" if code == FAILED else f"pytest ended with {code}: {said[-600:]}"


def main(words: Sequence[str]) -> int:
    wanted = [row for row in rows() if all(word.lower() in f"{row.listed_in} {row.line}".lower() for word in words)]
    databases = ("sqlite", "postgresql") if "DATABASE_URL" in os.environ else ("sqlite",)
    unseen = [f"{row.place}: needs DATABASE_URL" for row in wanted if row.database not in databases]
    with a_copy() as folder:
        for database in databases:
            tests = sorted({test for row in wanted if row.database == database for test in row.tests})
            code, said = run(folder, tests, database) if tests else (0, "")
            if code:
                print(f"As it is, not every test named passes on {database}:\n{said[-3000:]}")
                return 1
        for number, row in enumerate((row for row in wanted if row.database in databases), 1):
            trouble = broken(folder, row)
            print(f"{number:3} {'NOT NOTICED' if trouble else 'noticed':11} {row.place}", flush=True)
            if trouble:
                unseen.append(f"{row.place}: {trouble}")
    print("\n".join(["", f"{len(wanted)} rows, {len(unseen)} without a test that fails.", *unseen]))
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
