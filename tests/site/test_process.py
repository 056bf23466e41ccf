"""What each process of ours does first."""

import subprocess
import sys

PR_GET_DUMPABLE = 3


def test_no_process_of_ours_leaves_its_memory_on_disk() -> None:
    asked = (
        "import ctypes, os, resource; from havenline.site.process import leave_no_core_dump; leave_no_core_dump();"
        f"print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl({PR_GET_DUMPABLE}), os.fork() and os.wait() and '',"
        f"ctypes.CDLL(None).prctl({PR_GET_DUMPABLE}))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert [line.split() for line in done.stdout.splitlines()] == [["(0,", "0)", "0", "0", "0"], ["(0,", "0)", "0", "0"]]
