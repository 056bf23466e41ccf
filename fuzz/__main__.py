"""`python -m fuzz [--seconds N] [target …]`: libFuzzer, led by what the code reaches (atheris). Ends with 1 where something was found.

Everything is imported and instrumented once; each target then runs in a process of its own, two at a time. What was found lies in
`var/fuzz/`, and becomes an input in `fuzz/corpus/`, which is a test from then on.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

import atheris

from fuzz.place import prepare

HERE = Path(__file__).parent
FOUND = HERE.parent / "var/fuzz"
AT_ONCE = max(1, min(4, os.cpu_count() or 1))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz")
    parser.add_argument("--seconds", type=int, default=300, help="for each target")
    parser.add_argument("targets", nargs="*")
    asked = parser.parse_args()
    os.environ["HAVENLINE_HOME"] = tempfile.mkdtemp(prefix="havenline-fuzz-")
    with atheris.instrument_imports(include=["havenline", "tomllib"]):
        prepare()
        from fuzz import targets
    for name, bare in targets.BARE.items():
        bare((HERE / "corpus" / name / "well-formed").read_bytes())  # what is read once, or compiled, is so before the clock runs
    FOUND.mkdir(parents=True, exist_ok=True)
    names = asked.targets or sorted(targets.TARGETS)
    if unknown := sorted(set(names) - set(targets.TARGETS)):
        parser.error(f"there is no {unknown[0]}; there are: {', '.join(sorted(targets.TARGETS))}")
    waiting, running, failed = list(names), dict[int, str](), list[str]()
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            name = waiting.pop(0)
            child = os.fork()
            if not child:
                _fuzz(name, targets.TARGETS[name], asked.seconds, targets.LARGEST)
            running[child] = name
        child, status = os.wait()
        name = running.pop(child)
        if status:
            failed.append(name)
        print(_in_one_line(name, bad=bool(status)), flush=True)
    print(
        f"{len(names)} readers, {asked.seconds} s each. " + (f"FOUND something in: {', '.join(failed)}" if failed else "Nothing was found.")
    )
    return 1 if failed else 0


def _fuzz(name: str, target: object, seconds: int, largest: int) -> None:
    """In a child: never returns."""
    os.setsid()
    log = (FOUND / f"{name}.log").open("wb")
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    grown = Path(tempfile.mkdtemp(prefix=f"havenline-corpus-{name}-"))
    seeds = HERE / "corpus" / name
    said = [
        name, str(grown), *([str(seeds)] if seeds.is_dir() else []),
        f"-max_total_time={seconds}", f"-max_len={largest}", f"-artifact_prefix={FOUND}/{name}-", "-timeout=20", "-rss_limit_mb=2048",
        "-print_final_stats=1", f"-seed={int(time.time())}",
    ]  # fmt: skip
    atheris.Setup(said, target)
    atheris.Fuzz()
    os._exit(0)


def _in_one_line(name: str, *, bad: bool) -> str:
    log = (FOUND / f"{name}.log").read_text(errors="replace")
    count = next((line.rpartition(" ")[2] for line in log.splitlines() if "number_of_executed_units" in line), "?")
    if not bad:
        with contextlib.suppress(OSError):
            (FOUND / f"{name}.log").unlink()
        return f"{name}: well, {count} inputs"
    why = next(
        (line for line in log.splitlines() if line.startswith((" === ", "ALARM", "==")) or "Error" in line or "Exception" in line), ""
    )
    return f"{name}: FOUND after {count} inputs: {why.strip()} (var/fuzz/{name}.log, and the input beside it)"


if __name__ == "__main__":
    sys.exit(main())
