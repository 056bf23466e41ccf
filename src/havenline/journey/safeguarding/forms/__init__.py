"""What each screen asks. No rule lives here: the actions refuse what cannot be."""

from havenline.journey.safeguarding.forms.child import ChildForm, NoteForm, NumberForm, RelationshipForm, SeenForm, TellForm
from havenline.journey.safeguarding.forms.ending import BeganForm, HelpBeganForm, StepDownForm, TransferForm
from havenline.journey.safeguarding.forms.fields import Day, Hour, OnCase, Person, words
from havenline.journey.safeguarding.forms.people import CalendarForm, ChronologyForm, PeopleForm, ReassignForm, ReassignSeveralForm
from havenline.journey.safeguarding.forms.referral import AnswerForm, DecideForm, PostedForm, SignOffForm, TakeUpForm, TellReferrerForm
from havenline.journey.safeguarding.forms.steps import BookForm, CorrectForm, EmergencyForm, InviteForm, ReasonForm, StepForm

__all__ = [
    "AnswerForm",
    "BeganForm",
    "BookForm",
    "CalendarForm",
    "ChildForm",
    "ChronologyForm",
    "CorrectForm",
    "Day",
    "DecideForm",
    "EmergencyForm",
    "HelpBeganForm",
    "Hour",
    "InviteForm",
    "NoteForm",
    "NumberForm",
    "OnCase",
    "PeopleForm",
    "Person",
    "PostedForm",
    "ReasonForm",
    "ReassignForm",
    "ReassignSeveralForm",
    "RelationshipForm",
    "SeenForm",
    "SignOffForm",
    "StepDownForm",
    "StepForm",
    "TakeUpForm",
    "TellForm",
    "TellReferrerForm",
    "TransferForm",
    "words",
]
