"""A process that belongs to a supervisor ends with it."""

import ctypes
import os
import signal
import sys

SUPERVISOR = "HAVENLINE_SUPERVISOR"  # the environment names the supervisor's process
PR_SET_PDEATHSIG = 1


def end_with_supervisor() -> None:
    """Let the kernel end this process when its supervisor is gone, even by kill -9 (Linux; elsewhere nothing happens)."""
    supervisor = os.environ.pop(SUPERVISOR, "")
    if not supervisor or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):  # it was gone before the call
        os.kill(os.getpid(), signal.SIGTERM)
