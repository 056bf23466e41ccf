"""What `havenline doctor` asks about recognition: what matches, and what holds the process that reads pictures."""

from havenline.cli.finding import Finding, bad, well
from havenline.engines.matching import kernel
from havenline.engines.matching.hashing import HashingFailed, HashingProcess


def matching() -> Finding:
    """Which of the two hashes and matches: the compiled kernel, or NumPy, which is exact too and slower."""
    if kernel.lib is not None:
        return well("matching", "the compiled kernel serves")
    to_do = "Install a C compiler and Havenline again."
    return Finding("matching", None, f"NumPy serves, many times slower than the compiled kernel: {kernel.why_not}", to_do)


def pictures() -> Finding:
    """A picture is hashed by a process that can do nothing else: it starts, and what of that holds on this machine."""
    child = HashingProcess()
    try:
        holds = child.wait_until_ready()
    except HashingFailed as failed:
        return bad("reading pictures", f"the process that reads pictures does not start: {failed}", "Is there memory for it?")
    finally:
        child.end()
    lacking = [
        words
        for words, held in (
            ("it could open files and sockets (no seccomp)", holds.filtered),
            ("it could gain rights", holds.no_new_rights),
            ("others of its user could look into it", holds.no_dump),
            ("its memory could be swapped out", holds.no_swap),
        )
        if not held
    ]
    if lacking:
        to_do = (
            "Linux with the compiled kernel holds all of it but the last; for that, allow locked memory (LimitMEMLOCK=infinity) or no swap."
        )
        return Finding("reading pictures", None, f"limits of memory, time and files hold; {'; '.join(lacking)}", to_do)
    return well("reading pictures", "by a process that can do nothing else")
