"""The letters that answer a request. The default one neither confirms nor denies: it is the same whether anything is held or not."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def default(*, name: str, number: str, agency: str, received_on: date, answered_on: date) -> str:
    """Nothing in it depends on a record. That it may be sent (DPA 2018, s. 45(4), sch. 2) the controller decides, not the software."""
    return _(
        "Dear %(name)s,\n\n"
        "On %(received)s you asked %(agency)s for a copy of the personal data that it holds about you (our number %(number)s).\n\n"
        "We have looked at your request. We neither confirm nor deny that we hold personal data about you beyond this request and our "
        "correspondence about it. We give this answer to many people, and it says nothing of whether there is any.\n\n"
        "If you think that this is wrong, you can ask us to look again, complain to the Information Commissioner, or go to a court.\n\n"
        "%(agency)s, %(answered)s"
    ) % _said(name, number, agency, received_on, answered_on)


def with_copy(*, name: str, number: str, agency: str, received_on: date, answered_on: date) -> str:
    return _(
        "Dear %(name)s,\n\n"
        "On %(received)s you asked %(agency)s for a copy of the personal data that it holds about you (our number %(number)s).\n\n"
        "A copy of what we can disclose is enclosed. What is about other people was taken out, and marked where it stood. There may be "
        "personal data that we may not disclose; we neither confirm nor deny that there is.\n\n"
        "You can ask us to correct what is wrong. If you think that this answer is wrong, you can ask us to look again, complain to the "
        "Information Commissioner, or go to a court.\n\n"
        "%(agency)s, %(answered)s"
    ) % _said(name, number, agency, received_on, answered_on)


def _said(name: str, number: str, agency: str, received_on: date, answered_on: date) -> dict[str, str]:
    days = {"received": date_format(received_on, "j F Y"), "answered": date_format(answered_on, "j F Y")}
    return {"name": name, "number": number, "agency": agency, **days}
