"""A desk that writes letters, one after another, by the real action; a number stands in the file once its letter is committed.

Run inside an installation: `python -m tests.faults.desk FILE`. Killed and started again, it goes on behind the last number.
"""

import os
import sys
import time
from pathlib import Path

import django

PAUSE = 0.25  # seconds
SUBJECT = "Letter {}"


def main(file: Path) -> None:
    django.setup()
    from django.db import DatabaseError, connection

    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.post import actions as post
    from havenline.site.process import end_with_supervisor

    end_with_supervisor()
    number = int(os.environ.get("FIRST_LETTER", "0")) or _last(file)
    with file.open("a") as kept:
        while True:
            number += 1
            kept.write(f"begins {number}\n")
            kept.flush()
            try:
                post.queue_letter(
                    to=f"n{number}@mail.example", subject=SUBJECT.format(number), body="It says nothing.", why="faults", by=INSTALLATION
                )
            except DatabaseError:  # it may be committed or not: never written again under this number
                connection.close()
                time.sleep(PAUSE)
                continue
            kept.write(f"{number}\n")
            kept.flush()
            time.sleep(PAUSE)


def _last(file: Path) -> int:
    return max((int(line.split()[-1]) for line in _lines(file)), default=0)


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if line] if file.exists() else []


def acknowledged(file: Path) -> set[int]:
    """The letters that were committed for certain."""
    return {int(line) for line in _lines(file) if line.isdigit()}


def begun(file: Path) -> set[int]:
    """Those that may have been committed."""
    return {int(line.split()[1]) for line in _lines(file) if line.startswith("begins ")}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
