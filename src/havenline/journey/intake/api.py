"""Reports by machine: send one, add to it, ask how it stands."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from django.db import IntegrityError
from django.http import HttpRequest
from django.urls import reverse
from ninja import Header, Router, Status
from pydantic import Field

from havenline.foundation import moment
from havenline.foundation.people.models import ApiKey
from havenline.foundation.people.platforms import PlatformKey
from havenline.foundation.people.problems import Problem, ProblemDocument
from havenline.foundation.people.roles import Scope
from havenline.journey.intake import actions, pictures, queries, receipts
from havenline.journey.intake.answers import NotAnswers
from havenline.journey.intake.models import Report
from havenline.journey.intake.schemas import Accepted, AllAccepted, NewReport, NewReports, ReportStatus, Supplement

A_MINUTE = 1_200  # reports of one key
PROBLEMS: Any = dict.fromkeys((400, 401, 403, 409, 413, 415, 422, 429, 503), ProblemDocument)
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Your own unique name for this request. Sending it again gives the same answer and makes no second report.",
    ),
]
Reference = Annotated[str, Field(max_length=40)]


router = Router(tags=["Reports"], auth=PlatformKey(Scope.SEND))


@router.post("", response={201: Accepted, **PROBLEMS}, summary="Send a report", operation_id="send_report")
def send(request: HttpRequest, report: NewReport, idempotency_key: IdempotencyKey = None) -> Any:
    """Stores a report and answers when it is durable. Send an `Idempotency-Key` with each, so that sending again is safe."""
    return Status(201, _stored(request, [report], idempotency_key, field_of=lambda _number, name: name)[0])


@router.post("/batch", response={201: AllAccepted, **PROBLEMS}, summary="Send several reports", operation_id="send_reports")
def send_all(request: HttpRequest, batch: NewReports, idempotency_key: IdempotencyKey = None) -> Any:
    """Stores up to 100 reports at once, all or none, and answers when they are durable. The `Idempotency-Key` is the batch's."""
    return Status(
        201,
        AllAccepted(reports=_stored(request, batch.reports, idempotency_key, field_of=lambda number, name: f"reports[{number}].{name}")),
    )


def _stored(
    request: HttpRequest, reports: list[NewReport], idempotency_key: str | None, *, field_of: Callable[[int, str], str]
) -> list[Accepted]:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    _not_too_many(key, len(reports))
    bodies = [report.model_dump(mode="json") for report in reports]
    token = idempotency_key or receipts.new_token()
    named = [_name(idempotency_key, number) for number in range(len(reports))] if idempotency_key else [None] * len(reports)
    body = _mac_of_body("reports", bodies[0] if len(bodies) == 1 else {"reports": bodies})
    sent = [
        actions.Sent(
            answers=report.answers(key.agency.name),
            submission=receipts.submission_of(f"{key.line}\0{token}" + (f"\0{number}" if number else "")),
            idempotency=(name, body) if name else None,
        )
        for number, (report, name) in enumerate(zip(reports, named, strict=True))
    ]
    try:
        stored = actions.receive_all_from_platform(sent=sent, by=key)
    except IntegrityError:
        faster = [_answered(key, one.idempotency) for one in sent]
        if not all(faster):
            raise
        stored = [report for report in faster if report is not None]
    except actions.OneRefused as error:
        where = _field_with_a_picture(reports[error.number]) if isinstance(error.why, pictures.PictureRefused) else "body"
        raise Problem(422, str(error), errors=[(field_of(error.number, where), str(error))]) from error
    except actions.NoHotline as error:
        raise Problem(503, str(error), headers={"Retry-After": "3600"}) from error
    return [_accepted(request, report) for report in stored]


@router.post(
    "/{reference}/supplements",
    response={201: Accepted, **PROBLEMS, 404: ProblemDocument},
    summary="Add to a report",
    operation_id="add_supplement",
)
def supplement(request: HttpRequest, reference: Reference, supplement: Supplement, idempotency_key: IdempotencyKey = None) -> Any:
    """Adds to your own report; it waits to be read again."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    _not_too_many(key)
    report = _own(reference, key)
    idempotency = _idempotency(f"supplements of {report.reference}", idempotency_key, supplement.model_dump(mode="json"))
    if already := _answered(key, idempotency):
        return Status(201, _accepted(request, already))
    submission = receipts.submission_of(f"{key.line}\0supplement\0{idempotency_key or receipts.new_token()}")
    try:
        actions.supplement_from_platform(report=report, words=supplement.words(), by=key, submission=submission, idempotency=idempotency)
    except IntegrityError:
        if not (faster := _answered(key, idempotency)):
            raise
        return Status(201, _accepted(request, faster))
    except (pictures.PictureRefused, actions.NothingWritten, actions.TooLong, NotAnswers) as error:
        raise Problem(422, str(error), errors=[("narrative", str(error))]) from error
    return Status(201, _accepted(request, report))


@router.get(
    "/{reference}",
    response={
        200: ReportStatus,
        401: ProblemDocument,
        403: ProblemDocument,
        404: ProblemDocument,
        422: ProblemDocument,
        429: ProblemDocument,
        503: ProblemDocument,
    },
    summary="Ask how a report stands",
    operation_id="report_status",
    url_name="report_status",
    auth=PlatformKey(Scope.READ),
)
def status(request: HttpRequest, reference: Reference) -> Any:
    """Your own reports only; any other looks as if it did not exist."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    found = queries.platform_status(_own(reference, key))
    return Status(
        200,
        ReportStatus(
            reference=found.report.reference,
            received_at=found.report.received_at,
            status=found.status,  # type: ignore[arg-type]
            message=found.message,
            message_at=found.message_at,
        ),
    )


def _own(reference: str, key: ApiKey) -> Report:
    report = queries.platforms_report(reference, key=key)
    if report is None:
        raise Problem(404, "You have no report with this reference.", errors=[("reference", "Use the reference that you were given.")])
    return report


def _accepted(request: HttpRequest, report: Report) -> Accepted:
    where = request.build_absolute_uri(reverse("api:report_status", args=[report.reference]))
    return Accepted(reference=report.reference, status_url=where, discharges_s66=False)


def _idempotency(what: str, key: str | None, body: dict[str, Any]) -> tuple[str, str] | None:
    return (_name(key), _mac_of_body(what, body)) if key is not None else None


def _name(key: str, number: int = 0) -> str:
    """An Idempotency-Key as it is kept; the first of a batch has the name that a single report would have."""
    return actions.mac_of(f"idempotency\0{key}" + (f"\0{number}" if number else ""))


def _mac_of_body(what: str, body: dict[str, Any]) -> str:
    said = json.dumps(body, sort_keys=True, ensure_ascii=True)
    return actions.mac_of(f"body\0{what}\0{said}")


def _answered(key: ApiKey, idempotency: tuple[str, str] | None) -> Report | None:
    """The report of an earlier request with this Idempotency-Key. Raises a 409 where its body was another."""
    if idempotency is None:
        return None
    named, body = idempotency
    found = queries.answered_before(key, named)
    if found is None:
        return None
    if found.body != body:
        said = "This Idempotency-Key was sent with another body. Use a new one for a new request."
        raise Problem(409, said, errors=[("Idempotency-Key", said)])
    return found.record.report


def _not_too_many(key: ApiKey, more: int = 1) -> None:
    since = moment.now() - timedelta(minutes=1)
    if queries.sent_since(key, since) + more > A_MINUTE:
        raise Problem(429, "More than 1,200 reports in a minute. Wait, then go on.", headers={"Retry-After": "60"})


def _field_with_a_picture(report: NewReport) -> str:
    if pictures.in_disguise(report.conversation):
        return "conversation"
    if pictures.in_disguise(report.narrative):
        return "narrative"
    return "url" if report.url and pictures.in_disguise(report.url) else "accounts"
