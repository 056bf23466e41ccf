"""The one page of the process that answers receipts. Only our own public process asks it; nothing is logged."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from havenline.journey.intake import actions, asking, receipts


@csrf_exempt  # no browser asks: whoever can seal a question may
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Look one receipt up. What is no question of ours is refused before anything is computed."""
    raw = request.read(asking.LARGEST + 1)
    try:
        if len(raw) > asking.LARGEST:
            raise asking.NoQuestion
        digits, to = asking.read(raw)
    except asking.NoQuestion:
        return HttpResponse(status=400)
    try:
        report, opened = actions.answer_receipt(digits=digits)
        answered = asking.Answered(report.pk, opened.private)
    except actions.NotTheirReceipt:
        answered = asking.Answered()
    except actions.TooManyGuesses:
        answered = asking.Answered(problem=asking.TOO_MANY)
    except receipts.Busy:
        answered = asking.Answered(problem=asking.BUSY)
    return HttpResponse(asking.write(answered, to), content_type="application/octet-stream")
