"""How gunicorn serves one role: threads, since a request waits for the database far longer than for Python."""

import os
from typing import Any

from gunicorn.glogging import Logger

from havenline.site.logs import WithoutLinks
from havenline.site.process import end_with_supervisor, give_way, leave_no_core_dump


class Log(Logger):  # type: ignore[misc]
    """gunicorn names addresses, in its error log and in an access log that somebody turns on: never one that opens a door."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(WithoutLinks(self.error_fmt, self.datefmt))
        for handler in self.access_log.handlers:
            handler.setFormatter(WithoutLinks(self.access_fmt))


worker_class = "gthread"
workers = int(os.environ.get("HAVENLINE_PROCESSES", "1"))
threads = int(os.environ.get("HAVENLINE_THREADS", "8"))
timeout = 60
graceful_timeout = 8
keepalive = 5
max_requests = 0
accesslog = None  # an access log would hold who looked at what, and when a reporter came
errorlog = "-"
loglevel = "warning"
logger_class = Log
limit_request_line = 4094
# No header of a request says which path, scheme or script it is about; gunicorn would believe whoever asks from this machine.
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
control_socket_disable = True
proc_name = f"havenline {os.environ.get('HAVENLINE_ROLE', '')}"


def on_starting(server: Any) -> None:
    end_with_supervisor()
    leave_no_core_dump()
    if os.environ.get("HAVENLINE_ROLE") == "receipts":  # a guess costs half a second of a core, a report twenty milliseconds
        give_way()
