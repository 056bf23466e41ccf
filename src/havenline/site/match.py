"""The match role: its WSGI application, and how it is served.

Granian instead of gunicorn here: a look-up takes microseconds, and what stands around it is what it costs (decision 0080). Its access log
is off, as everywhere: it would hold who looked for what, and keys in base URLs; and whatever it logs goes through `WithoutLinks`.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from havenline.site.process import PR_SET_PDEATHSIG, end_with_supervisor, leave_no_core_dump

if TYPE_CHECKING:
    from havenline.foundation.recognition.answering import Application

THREADS = 4  # of a worker: somebody's upload is hashed beside others' look-ups
IDLE_FOR = 600  # seconds until a thread that had nothing to do ends: the longest that Granian allows
ENDS_WITHIN = 8  # seconds for what is being answered

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "havenline.site.logs.WithoutLinks", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "_granian": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "granian.access": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}


def make() -> "Application":
    """The application of one worker: called in it, and not before."""
    if sys.platform.startswith("linux"):  # a worker outlives nobody who started it, who asks it to end before
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    leave_no_core_dump()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havenline.site.settings")
    import django

    django.setup()
    from django.conf import settings

    from havenline.foundation.recognition.answering import Application
    from havenline.foundation.recognition.recogniser import opened

    recogniser = opened(
        settings.HOME, settings.HOME / "run", rate=settings.MATCHING["lookups_a_second"], most=settings.MATCHING["most_at_once"]
    )
    recogniser.begin()
    return Application(recogniser)


def main(*, host: str = "", port: int = 0, socket: str = "", log_access: bool = False) -> None:
    """Serve until SIGTERM or SIGINT, at an address or a socket. Workers that die are started again."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    end_with_supervisor()
    leave_no_core_dump()
    if socket:
        Path(socket).unlink(missing_ok=True)  # of one that was killed
        where: dict[str, Any] = {"uds": Path(socket), "uds_permissions": 0o600}
    else:
        where = {"address": host, "port": port}
    Server(
        "havenline.site.match:make",
        factory=True,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=int(os.environ.get("HAVENLINE_PROCESSES") or min(2, os.cpu_count() or 1)),
        blocking_threads=int(os.environ.get("HAVENLINE_THREADS") or THREADS),
        blocking_threads_idle_timeout=IDLE_FOR,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=ENDS_WITHIN,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
        log_access=log_access,
        **where,
    ).serve()
