"""The page, and each of its tables as a file. The administrator sees no case, and no figure of one."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.journey.statistics import pictures, queries, tables
from havenline.journey.statistics.disclosure import LEAST
from havenline.journey.statistics.periods import FOUR, PERIODS
from havenline.journey.statistics.queries import ALL_AGENCIES, OWN_AGENCY, Filter

READERS = (
    Role.ANALYST,
    Role.SENIOR_ANALYST,
    Role.INVESTIGATOR,
    Role.POLICE_SUPERVISOR,
    Role.TEAM_MANAGER,
    Role.CONFERENCE_CHAIR,
    Role.DESIGNATED_OFFICER,
    Role.AUDITOR,
)
# What is of the chosen period says so in its file; the weeks and months are the last that have ended, whatever is chosen.
OF_THE_PERIOD = {"contact-abuse", "work"}


class ChoiceForm(forms.Form):
    """What stands in the address."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), choices=PERIODS, widget=forms.Select(attrs={"class": "input"}))
    agency = forms.ChoiceField(label=gettext_lazy("Whose"), widget=forms.Select(attrs={"class": "input"}))

    def __init__(self, chosen: Filter) -> None:
        super().__init__(initial={"period": chosen.period, "agency": chosen.whose})
        own = [(OWN_AGENCY, chosen.by.agency.name)] if chosen.offers_own(chosen.by) else []
        agency = self.fields["agency"]
        assert isinstance(agency, forms.ChoiceField)  # noqa: S101  (declared above)
        agency.choices = [(ALL_AGENCIES, _("All agencies")), *own]


def _chosen(request: DeskRequest) -> Filter:
    period, whose = request.GET.get("period", FOUR), request.GET.get("agency", ALL_AGENCIES)
    return Filter.chosen(by=request.membership, today=moment.today(), period=period, whose=whose)


@desk(*READERS)
@require_GET
def show(request: DeskRequest) -> HttpResponse:
    """What the cases show. One look on the ledger, as for any list."""
    chosen = _chosen(request)
    ledger.looked(request.membership, "statistics", reason="list")
    shares, work = queries.contact_abuse(chosen), queries.work(chosen)
    weeks, times = queries.reports_by_week(chosen), queries.times(chosen)
    context: dict[str, Any] = {
        "chosen": chosen,
        "form": ChoiceForm(chosen),
        "period_in_words": chosen.quarters.in_words(chosen.period),
        "agency_in_words": request.membership.agency.name if chosen.is_own else _("all agencies"),
        "is_filtered": chosen.is_own or chosen.period != FOUR,
        "least": LEAST,
        "next_end": date_format(chosen.quarters.next_end, "j M Y"),
        "tiles": [_tile(share) for share in work],
        "shares": shares,
        "any_share": _in_words(shares),
        "shares_chart": pictures.of_contact_abuse(shares),
        "shares_table": tables.of_contact_abuse(shares),
        "work_table": tables.of_work(work),
        "weeks_chart": pictures.of_weeks(weeks),
        "weeks_table": tables.of_weeks(weeks),
        "no_weeks": not any(week.row is not None and week.row.total for week in weeks),
        "times_charts": pictures.of_times(times),
        "times_table": tables.of_times(times),
        "now": moment.now().astimezone(moment.LONDON),
    }
    return render(request, "statistics/show.html", context)


def _tile(share: queries.Share) -> dict[str, Any]:
    if share.interval is None or share.found is None or share.of is None:
        return {
            "title": share.title,
            "value": _("Fewer than %(n)s") % {"n": LEAST},
            "note": _("%(what)s, or too few beside another period") % {"what": share.what},
            "interval": None,
        }
    note = _("%(interval)s, %(found)s of %(of)s of %(what)s") % {
        "interval": tables.interval_in_words(share.interval),
        "found": f"{share.found:,}",
        "of": f"{share.of:,}",
        "what": share.what,
    }
    return {"title": share.title, "value": tables.percent(share.interval.share), "note": note, "interval": share.interval}


def _in_words(shares: queries.ContactAbuseShares) -> dict[str, str] | None:
    found = shares.any_source
    if found.interval is None:
        return None
    low, high = tables.percent(found.interval.low), tables.percent(found.interval.high)
    return {"found": f"{found.found:,}", "of": f"{found.of:,}", "share": tables.percent(found.interval.share), "low": low, "high": high}


@desk(*READERS)
@require_GET
def download(request: DeskRequest, table: str) -> HttpResponse:
    """One table of the page as a file, for the choice in the address: the same cells. That it was taken is on the ledger."""
    makers = {
        "contact-abuse": lambda chosen: tables.of_contact_abuse(queries.contact_abuse(chosen)),
        "work": lambda chosen: tables.of_work(queries.work(chosen)),
        "weeks": lambda chosen: tables.of_weeks(queries.reports_by_week(chosen)),
        "times": lambda chosen: tables.of_times(queries.times(chosen)),
    }
    if table not in makers:
        raise Http404
    chosen = _chosen(request)
    ledger.looked(request.membership, "statistics", reason="downloaded")
    about = [(_("Whose"), request.membership.agency.name if chosen.is_own else _("All agencies"))]
    if table in OF_THE_PERIOD:
        about.insert(0, (_("Period"), chosen.quarters.in_words(chosen.period)))
    answer = HttpResponse(tables.as_csv(makers[table](chosen), about=about), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="statistics-{table}-{chosen.today.isoformat()}.csv"'
    return answer
