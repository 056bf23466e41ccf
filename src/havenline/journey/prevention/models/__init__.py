"""Schools, what they are told, whether it arrived, and what they tell us."""

from havenline.journey.prevention.models.concerns import Concern
from havenline.journey.prevention.models.notices import (
    Acknowledgement,
    AskedSchool,
    Audience,
    Campaign,
    CampaignSource,
    Did,
    NearSubject,
    NoticeLetter,
    Reached,
    SchoolNotice,
    TelephoneCall,
)
from havenline.journey.prevention.models.schools import School, SchoolContact

__all__ = [
    "Acknowledgement",
    "AskedSchool",
    "Audience",
    "Campaign",
    "CampaignSource",
    "Concern",
    "Did",
    "NearSubject",
    "NoticeLetter",
    "Reached",
    "School",
    "SchoolContact",
    "SchoolNotice",
    "TelephoneCall",
]
