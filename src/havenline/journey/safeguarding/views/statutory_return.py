"""The statutory return's figures, the cases behind each, and the figures as a file."""

import csv
import io
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.journey.safeguarding.queries.periods import Period, period_of, periods
from havenline.journey.safeguarding.queries.statutory_return import FIGURES, REFERRALS, SHOWN, STATES, Return
from havenline.journey.safeguarding.views.case import READ_THE_RETURN


@desk(*READ_THE_RETURN)
@require_GET
def statutory_return(request: DeskRequest) -> HttpResponse:
    """The figures of a period, and its year by month. One look on the ledger, as for any list."""
    period = _period(request)
    found = Return(by=request.membership)
    ledger.looked(request.membership, "statutory return", reason="list")
    months = found.by_month(period)
    context: dict[str, Any] = {
        "period": period,
        "choices": [(_kind(kind), some) for kind, some in periods(moment.today()).items()],
        "figures": found.figures(period),
        "referrals": len(found.referrals(period)),
        "months": months,
        "chart": _chart(period, months),
        "is_empty": not found.started,
        "states": [str(title) for title in STATES.values()],
    }
    return render(request, "safeguarding/return.html", context)


@desk(*READ_THE_RETURN)
@require_GET
def return_cases(request: DeskRequest) -> HttpResponse:
    """The cases behind one figure: `?figure=…&state=…&period=…`, the referrals if nothing is said."""
    figure, state = request.GET.get("figure", REFERRALS), request.GET.get("state", "due")
    if figure not in (*FIGURES, REFERRALS) or state not in STATES:
        raise Http404
    period = _period(request)
    found = Return(by=request.membership)
    ledger.looked(request.membership, "list of children’s cases", reason="list")
    rows = found.behind(figure, state, period)
    count = len(found.referrals(period)) if figure == REFERRALS else len(found.of_figure(figure, state, period))
    title = _("Referrals") if figure == REFERRALS else f"{FIGURES[figure]}: {str(STATES[state]).lower()}"
    context = {"period": period, "title": title, "rows": rows, "count": count, "more": max(0, count - SHOWN), "figure": figure}
    return render(request, "safeguarding/return_cases.html", context)


@desk(*READ_THE_RETURN)
@require_GET
def return_csv(request: DeskRequest) -> HttpResponse:
    """The figures of a period and of each month of its year. That they were taken is on the ledger."""
    period = _period(request)
    found = Return(by=request.membership)
    ledger.looked(request.membership, "statutory return", reason="downloaded")
    out = io.StringIO()
    out.write("\ufeff")  # so that a spreadsheet reads it as UTF-8
    rows = csv.writer(out)
    rows.writerow([_("First day"), _("Last day"), _("Figure"), *(str(title) for title in STATES.values())])
    for one in dict.fromkeys((period, *period.months)):
        days = [one.first.isoformat(), one.last.isoformat()]
        rows.writerow([*days, _("Referrals"), len(found.referrals(one)), "", "", ""])
        rows.writerows([*days, figure.title, figure.due, figure.in_time, figure.late, figure.open] for figure in found.figures(one))
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="statutory-return-{period.code}.csv"'
    return answer


def _period(request: DeskRequest) -> Period:
    return period_of(request.GET.get("period", ""), today=moment.today())


def _kind(kind: str) -> str:
    return {"year": _("Year"), "quarter": _("Quarter"), "month": _("Month")}[kind]


def _chart(period: Period, months: list[tuple[Period, list[int]]]) -> dict[str, Any]:
    """Each month of the year as a bar: in time, late, open, of all that was due in it."""
    stages = [str(STATES[state]) for state in ("in_time", "late", "open")]
    said = [
        f"{month.words}: " + ", ".join(f"{n:,} {stage.lower()}" for n, stage in zip(counts, stages, strict=True))
        for month, counts in months
    ]
    return {
        "id": "by-month",
        "title": _("All steps by the month in which they were due, %(year)s") % {"year": period.year.words},
        "description": "; ".join(said),
        "stages": stages,
        "hides": False,
        "columns": [
            {"tick": month.words[:3], "label": label, "counts": counts, "rest": 0, "state": ""}
            for (month, counts), label in zip(months, said, strict=True)
        ],
    }
