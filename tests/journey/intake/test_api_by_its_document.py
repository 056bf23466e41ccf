"""What the API's document promises, tried out with made-up requests and real keys of each scope: nothing undeclared comes back, and
what a key is not for is refused whatever is sent."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import ignored_auth, missing_required_header

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.actions import make_api_key, revoke_api_key
from havenline.foundation.people.models import ApiKey
from havenline.foundation.people.roles import Scope
from havenline.foundation.records.models import Record
from havenline.site.wsgi import application
from tests import factories

pytestmark = pytest.mark.slow
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
requests_only = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
requests_only.config.phases.coverage.enabled = False  # each boundary of the document once is enough
NEEDS = {"send_report": Scope.SEND, "send_reports": Scope.SEND, "add_supplement": Scope.SEND, "report_status": Scope.READ} | dict.fromkeys(
    ("lists", "list_snapshot", "list_changes", "list_csv", "list_edition", "list_edition_signature"), Scope.LISTS
)
SOME = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(SOME, max_examples=6)


@pytest.fixture(autouse=True)
def _one_connection(db: None) -> Iterator[None]:
    """A request ends its connection, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    factories.agency("hotline")
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def key_for(*scopes: str) -> tuple[ApiKey, dict[str, str]]:
    key, raw = make_api_key(agency=factories.agency("platform"), by=INSTALLATION, scopes=scopes)
    return key, {"Authorization": f"Bearer {raw}"}


def asked_with(case: Any, bearer: dict[str, str]) -> Any:
    """The answer to this request with this key, whatever key the request was made up with."""
    case.headers = {name: value for name, value in case.headers.items() if name.lower() != "authorization"} | bearer
    answer = case.call()
    sent = answer.request.headers.get("Authorization")
    assert sent == bearer.get("Authorization"), "it was asked with another key"
    return answer


def needed(case: Any) -> Scope:
    return NEEDS[case.operation.definition.raw["operationId"]]


def test_the_scopes_are_told_for_every_operation() -> None:
    told = [operation.ok().definition.raw["operationId"] for operation in schema.get_all_operations()]
    assert sorted(told) == sorted(NEEDS)


@schema.parametrize()
@SOME
def test_the_api_keeps_its_document(case: Any) -> None:
    _key, bearer = key_for(*Scope)
    # A request that was made up without a key is sent with one here, and so is not refused: the last test is about that.
    case.validate_response(asked_with(case, bearer), excluded_checks=[missing_required_header, ignored_auth])


@requests_only.parametrize()
@FEW
def test_a_key_for_this_alone_is_enough(case: Any) -> None:
    _key, bearer = key_for(needed(case))
    answer = asked_with(case, bearer)
    assert answer.status_code not in (401, 403)


@requests_only.parametrize()
@FEW
def test_a_key_for_something_else_is_refused_whatever_is_sent(case: Any) -> None:
    _key, bearer = key_for(*(scope for scope in Scope if scope != needed(case)))
    answer = asked_with(case, bearer)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == ["application/problem+json"]
    assert not Record.objects.exists()


@requests_only.parametrize()
@FEW
def test_without_a_key_or_with_one_that_has_ended_everything_is_refused(case: Any) -> None:
    key, bearer = key_for(*Scope)
    revoke_api_key(api_key=key, by=INSTALLATION)
    for headers in ({}, {"Authorization": "Bearer nothing.at-all"}, bearer):
        assert asked_with(case, headers).status_code == 401
    assert not Record.objects.exists()
