"""What each process of ours does first: it ends with its supervisor, leaves no core dump, and what nobody waits long for gives way."""

import asyncio
import ctypes
import os
import resource
import signal
import sys

SUPERVISOR = "HAVENLINE_SUPERVISOR"  # the environment names the supervisor's process
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4


def end_with_supervisor() -> None:
    """Let the kernel end this process when its supervisor is gone, even by kill -9 (Linux; elsewhere nothing happens)."""
    supervisor = os.environ.pop(SUPERVISOR, "")
    if not supervisor or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):  # it was gone before the call
        os.kill(os.getpid(), signal.SIGTERM)


def give_way() -> None:
    """Let a report that arrives go first: it is made durable before what has arrived is opened, and before a receipt is looked up."""
    os.nice(5)


def told_to_end() -> asyncio.Event:
    """Set once SIGTERM or SIGINT came. Called in the loop that waits for it."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    return ended


def as_many_files_as_may_be() -> None:
    """Open files, and so connections, up to the hard limit: the soft one is often 1,024."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def leave_no_core_dump() -> None:
    """Whatever ends this process and its forks, their memory is not written to disk: it may hold what people wrote, or a picture's bytes.

    The limit stops a file; not being dumpable also stops a dump that the kernel pipes to a program, and a debugger of the same user.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)
