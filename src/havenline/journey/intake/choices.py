"""What a reporter may choose, and what we may tell them, in words that they read: all of it in every language that is offered."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportKind(models.TextChoices):
    WEB_PAGE = "web_page", _("A page or picture online")
    CONTACT = "contact", _("Someone contacted a child")
    CONVERSATION = "conversation", _("A conversation")
    PICTURE_OF_ME = "picture_of_me", _("A picture of me")
    ADULT_I_KNOW = "adult_i_know", _("I’m worried about an adult I know")
    LONG_AGO = "long_ago", _("It happened when I was a child")
    OTHER = "other", _("Something else")


class Danger(models.TextChoices):
    NOW = "now", _("Yes, right now")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("I don’t know")


class Station(models.TextChoices):
    """What a reporter may be shown of the way of a report, once an analyst has released it. It names no outcome and nobody."""

    READ = "read", _("A trained person has read it")
    POLICE_TOLD = "police_told", _("Police were told")
    SOCIAL_CARE_TOLD = "social_care_told", _("Social workers were told")
    HOST_TOLD = "host_told", _("The website was told")
    CLOSED = "closed", _("We have done what we can")


# Our answer where nothing else may be said, or nothing else was written: one wording for all outcomes.
NEUTRAL = _("Thank you for telling us. A trained person has read your report. If we need to know more, we will ask here.")
