"""The public's two addresses, and the telephone at the desk."""

from havenline.journey.intake.views.public import home, report
from havenline.journey.intake.views.telephone import telephone

__all__ = ["home", "report", "telephone"]
