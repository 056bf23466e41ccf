"""The match role: plain WSGI over one `Recogniser`. No page, no cookie, no template, no session; nothing is fetched or written to a disk.

Django answers three to four thousand requests a second here and this some twenty-five thousand (decision 0080), while a look-up takes
microseconds: what stands around it is what it costs.
"""

import logging
import math
import re
import sqlite3
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError, close_old_connections

from havenline.engines.matching.errors import DamagedIndex
from havenline.foundation.recognition.answering import banks, hma, own
from havenline.foundation.recognition.answering.asked import Answer, Asked, Refused, StartResponse, refusal, refuse
from havenline.foundation.recognition.grants import Grant
from havenline.foundation.recognition.kept import NotReady
from havenline.foundation.recognition.recogniser import Paused, Recogniser, Wait

log = logging.getLogger("havenline.recognition")

Call = Callable[..., Answer]
MATCH, LIST, EITHER = "match", "list", "either"

CALLS: dict[str, tuple[tuple[str, ...], str, Call]] = {
    "/m/raw_lookup": (("GET",), MATCH, hma.raw_lookup),
    "/m/lookup": (("GET", "POST"), MATCH, hma.lookup),
    "/m/index/status": (("GET",), MATCH, hma.index_status),
    "/m/compare": (("POST",), MATCH, hma.compare),
    "/h/hash": (("GET", "POST"), MATCH, hma.hash_upload),
    "/c/banks": (("GET", "POST"), LIST, banks.banks),
    "/c/signal_type": (("GET",), EITHER, banks.signal_types),
    "/api/v1/match": (("POST",), MATCH, own.match),
    "/api/v1/match/changes": (("GET",), MATCH, own.changes),
    "/api/v1/match/openapi.json": (("GET",), EITHER, own.document),
}
IN_A_BANK: tuple[tuple[re.Pattern[str], tuple[str, ...], Call], ...] = (
    (re.compile(r"/c/bank/([A-Za-z0-9_]{1,60})"), ("GET", "PUT", "DELETE"), banks.bank),
    (re.compile(r"/c/bank/([A-Za-z0-9_]{1,60})/signal"), ("POST",), banks.add_signals),
    (re.compile(r"/c/bank/([A-Za-z0-9_]{1,60})/content"), ("POST",), banks.add_content),
    (re.compile(r"/c/bank/([A-Za-z0-9_]{1,60})/content/([0-9]{1,19})"), ("GET", "PUT", "DELETE"), banks.content),
)
NO_KEY = "Send your API key: Authorization: Bearer …, or in the base URL: /k/KEY/…"
STANDS = {"ready": (200, "I-AM-ALIVE", "READY"), "not ready": (503, "INDEX-NOT-LOADED", ""), "stale": (503, "INDEX-STALE", "")}


class Application:
    """WSGI."""

    def __init__(self, recogniser: Recogniser) -> None:
        self.recogniser = recogniser

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        path = ""
        try:
            asked = Asked.read(environ)
            path = asked.path
            answer = self._answer(asked)
        except Refused as refused:
            answer = refusal(refused, path)
        except Paused:
            answer = refusal(Refused(403, "This key is paused. Ask the hotline that gave it to you."), path)
        except Wait as wait:
            seconds = max(1, math.ceil(wait.seconds))
            words = f"This key has asked as much as it may for now. Ask again in {seconds} seconds."
            answer = refusal(Refused(429, words, {"Retry-After": str(seconds)}), path)
        except NotReady as error:
            answer = refusal(Refused(503, str(error), {"Retry-After": "5"}), path)
        except (DamagedIndex, sqlite3.DatabaseError) as error:
            log.error("The index cannot be read, and is made anew: %s", error)
            self.recogniser.home.say_damaged()
            answer = refusal(Refused(503, "index not ready: it is being made anew", {"Retry-After": "5"}), path)
        except DatabaseError as error:
            log.error("A call could not be answered, for the database: %s", type(error).__name__)
            answer = refusal(Refused(503, "It could not be answered just now. Ask again.", {"Retry-After": "10"}), path)
        except Exception as error:
            # Its kind and place, and not its words: they may hold what somebody sent.
            log.error("A call failed: %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
            answer = refusal(Refused(500, "Something went wrong here. Ask again; if it stays so, tell the hotline."), path)
        return answer.sent(start)

    def _answer(self, asked: Asked) -> Answer:
        call = CALLS.get(asked.path)
        if call is not None:
            return self._called(asked, call[0], call[1], call[2])
        if asked.path in ("/status", "/readyz"):
            status, alive, ready = STANDS[self.recogniser.stands()]
            return Answer((ready if asked.path == "/readyz" and ready else alive).encode(), status, "text/html; charset=utf-8")
        if asked.path == "/livez":
            return Answer(b"OK", 200, "text/html; charset=utf-8")
        for pattern, methods, does in IN_A_BANK:
            if found := pattern.fullmatch(asked.path):
                return self._called(asked, methods, LIST, does, *found.groups())
        refuse(404, "There is no such call. Those that there are: docs/platforms/matching.md")

    def _called(self, asked: Asked, methods: tuple[str, ...], scope: str, does: Call, *more: str) -> Answer:
        if asked.method not in methods:
            refuse(405, f"Use {' or '.join(methods)}.", Allow=", ".join(methods))
        grant = self._grant(asked)
        may = {MATCH: grant.may_match, LIST: grant.may_list, EITHER: True}[scope]
        if not may:
            refuse(403, "This key is not for that. Ask the hotline for one that may.")
        if scope == LIST:
            close_old_connections()
        return does(self.recogniser, grant, asked, *more)

    def _grant(self, asked: Asked) -> Grant:
        if not asked.shown:
            refuse(401, NO_KEY, WWW_Authenticate="Bearer")
        grant = self.recogniser.grant_of(asked.shown)
        if grant is None:
            refuse(401, "This key is not known, was revoked, or has run out. Ask the hotline for a new one.", WWW_Authenticate="Bearer")
        return grant
