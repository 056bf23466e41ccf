"""The same way out for a library that speaks `requests`."""

from collections.abc import Iterable
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from havenline.foundation.outgoing.addresses import NoAddress
from havenline.foundation.outgoing.asking import NoAnswer, ask


class Session(requests.Session):
    """A session whose every request is one `ask`. What we do not ask, or what does not answer, is a `requests.ConnectionError`."""

    Failed = requests.RequestException

    def __init__(self, *, within: float, largest: int, may_ask_inside: Iterable[str] = ()) -> None:
        super().__init__()
        self.trust_env = False  # no proxy, and no .netrc
        self.adapters.clear()
        self.mount("http", _Adapter(within, largest, tuple(may_ask_inside)))  # any other scheme has none, and is refused

    def request(self, *said: Any, **more: Any) -> requests.Response:
        """As `requests` has it, but that no redirect is followed."""
        return super().request(*said, **{**more, "allow_redirects": False})


class _Adapter(BaseAdapter):
    def __init__(self, within: float, largest: int, may_ask_inside: tuple[str, ...]) -> None:
        super().__init__()
        self._within, self._largest, self._may_ask_inside = within, largest, may_ask_inside

    def send(self, request: requests.PreparedRequest, *_rest: Any, **_more: Any) -> requests.Response:
        body = request.body or b""
        if not isinstance(body, (str, bytes)):
            raise requests.exceptions.InvalidHeader("only what is whole is sent", request=request)
        try:
            found = ask(
                request.url or "",
                method=request.method or "GET",
                headers={str(name): str(value) for name, value in request.headers.items() if name.lower() != "content-length"},
                body=body.encode() if isinstance(body, str) else body,
                within=self._within,
                largest=self._largest,
                may_ask_inside=self._may_ask_inside,
            )
        except (NoAddress, NoAnswer) as error:
            raise requests.ConnectionError(str(error), request=request) from error
        answer = requests.Response()
        answer.status_code, answer.reason = found.status, found.reason
        answer.headers = CaseInsensitiveDict(found.headers)
        answer.url, answer.request = request.url or "", request
        answer.encoding = requests.utils.get_encoding_from_headers(answer.headers)
        answer._content = found.body
        return answer

    def close(self) -> None:
        """Nothing is kept open."""
