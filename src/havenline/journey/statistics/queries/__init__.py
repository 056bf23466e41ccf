"""What the cases show, counted over the whole installation: no row, no case, no place leaves this folder, and nothing below 5.

Statistics are the one place that counts beyond what a person may open (`visible_to`): that is why all that leaves is counted,
and passed by `disclosure` before it does. The number of questions to the database is the same however much there is.
"""

from havenline.journey.statistics.queries.contact_abuse import SELF_REPORT_AND_RECORD, ContactAbuseShares, SourceRow, contact_abuse
from havenline.journey.statistics.queries.filters import ALL_AGENCIES, HOLDERS, OWN_AGENCY, Filter
from havenline.journey.statistics.queries.times import MonthRow, Taken, Times, times
from havenline.journey.statistics.queries.weeks import STAGES, WeekRow, reports_by_week
from havenline.journey.statistics.queries.work import Share, work

__all__ = [
    "ALL_AGENCIES",
    "HOLDERS",
    "OWN_AGENCY",
    "SELF_REPORT_AND_RECORD",
    "STAGES",
    "ContactAbuseShares",
    "Filter",
    "MonthRow",
    "Share",
    "SourceRow",
    "Taken",
    "Times",
    "WeekRow",
    "contact_abuse",
    "reports_by_week",
    "times",
    "work",
]
