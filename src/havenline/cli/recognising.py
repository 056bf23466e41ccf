"""What `havenline doctor` asks about recognition: what matches, and what holds the process that reads pictures."""

import time

from django.conf import settings

from havenline.cli.finding import Finding, bad, well
from havenline.engines.matching import kernel
from havenline.engines.matching.errors import DamagedIndex
from havenline.engines.matching.hashing import HashingFailed, HashingProcess
from havenline.foundation.recognition.follower import behind, followed
from havenline.foundation.recognition.kept import Home, NotReady

SILENT_AFTER = 60.0  # seconds


def matching() -> Finding:
    """Which of the two hashes and matches: the compiled kernel, or NumPy, which is exact too and slower."""
    if kernel.lib is not None:
        return well("matching", "the compiled kernel serves")
    to_do = "Install a C compiler and Havenline again."
    return Finding("matching", None, f"NumPy serves, many times slower than the compiled kernel: {kernel.why_not}", to_do)


def index_in_step() -> Finding:
    """Whether what is known is matched as the lists stand now, and by how much it is behind."""
    home = Home(settings.HOME / "recognition")
    to_do = "Is the follower running? havenline serve starts it; havenline follower says what stops it."
    try:
        lists = behind(home)
    except NotReady as not_ready:
        return bad("index of what is known", str(not_ready), to_do) if followed() else well("index of what is known", "no list is matched")
    except DamagedIndex as damaged:
        return bad("index of what is known", f"it cannot be read: {damaged}", to_do)
    count = sum(changes for _slug, changes in lists)
    silent = time.time() - home.followed_at() > SILENT_AFTER
    if silent:
        return bad("index of what is known", f"behind by {count:,} changes, and the follower is silent", to_do)
    if count:
        slug, most = max(lists, key=lambda one: one[1])
        return Finding("index of what is known", None, f"behind by {count:,} changes, {most:,} of them of {slug}, and following", "")
    return well("index of what is known", f"in step with {len(lists)} lists")


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
