"""Who reports while everything falls: people at the form and platforms by API, who send again until they are answered."""

import abc
import http.client
import json
import random
import re
import threading
import time
import uuid

from tests.faults.place import Place, Reporter

Trouble = (OSError, http.client.HTTPException, AssertionError)  # what a person sees is a page that does not come, or says so


class Sender(threading.Thread, abc.ABC):
    """Sends reports until told to stop, and the last one until it is answered.

    `again`: how often something had to be sent again; `waits`: for an answer, now.
    """

    def __init__(self, place: Place, stop: threading.Event, seed: int) -> None:
        super().__init__(daemon=True)
        self.place, self.stop, self.chance = place, stop, random.Random(seed)
        self.answers, self.again, self.waits = list[str](), 0, False

    def run(self) -> None:
        while not self.stop.is_set():
            self.waits = True
            self.one()
            self.waits = False
            self.stop.wait(self.pause())

    @abc.abstractmethod
    def one(self) -> None:
        """Send one report until it is answered."""

    @abc.abstractmethod
    def pause(self) -> float:
        """Seconds until the next."""

    def until(self, act):  # type: ignore[no-untyped-def]
        while True:
            try:
                found = act()
                if found or found is None:
                    return found
            except Trouble:
                pass
            self.again += 1
            time.sleep(0.05)


class AtTheForm(Sender):
    """What is kept are the receipts; "" for a report that was there already when its answer came, an hour and more later."""

    def one(self) -> None:
        reporter = Reporter(self.place)
        self.until(reporter.walk_to_the_check)
        self.answers.append(self.until(lambda: self._sent(reporter)))

    @staticmethod
    def _sent(reporter: Reporter) -> str:
        receipt = reporter.press_send()
        return receipt or ("sent already" if "You have sent this already" in reporter.page else "")

    def pause(self) -> float:
        return self.chance.uniform(0.8, 1.6)  # below what counts as a flood


class ByApi(Sender):
    """What is kept are the references."""

    def __init__(self, place: Place, stop: threading.Event, seed: int, key: str) -> None:
        super().__init__(place, stop, seed)
        self.key = key

    def one(self) -> None:
        name = uuid.uuid4().hex
        said = {"kind": "contact", "narrative": f"An adult stranger asked a child to meet. {name}", "accounts": [f"riverwalk_{name[:6]}"]}
        self.answers.append(self.until(lambda: self._sent(said, name)))

    def _sent(self, said: dict[str, object], name: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=60)
        headers = {"Host": f"localhost:{self.place.port}", "Authorization": f"Bearer {self.key}", "Idempotency-Key": name}
        try:
            connection.request("POST", "/api/v1/reports", json.dumps(said), {**headers, "Content-Type": "application/json"})
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        assert answer.status == 201, page[:200]
        found = re.search(r'"reference": ?"([^"]+)"', page)
        assert found
        return found[1]

    def pause(self) -> float:
        return self.chance.uniform(0.05, 0.25)
