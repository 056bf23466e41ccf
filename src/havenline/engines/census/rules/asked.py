"""What the DfE's validation rules ask of a return: each by our name, with the DfE's code and what it asks in our words.

The codes and conditions are those of *Children in need census: validation rules*, collections 2022-23 to 2025-26; a code that ends in Q is
a query, which true things may raise, and so does a name that ends in “?”. Rules without a code are our own, and never more than a query.
`docs/census.md` has the whole table.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """`code` is the DfE's, empty where a rule is ours."""

    name: str
    code: str
    words: str

    @property
    def is_query(self) -> bool:
        return self.name.endswith("?")


OF_THE_RETURN = (
    Asked("reference-date-wrong", "100", "The reference date is not 31 March of the return's year."),
    Asked("more-plans-than-conferences", "2883", "More child protection plans begin in the year than initial conferences are held."),
    Asked("sex-often-unknown?", "2886Q", "Of more than one born child in fifty the sex is not known."),
    Asked("few-disabilities?", "2887Q", "Fewer than eight codes of disability are used in the whole return."),
    Asked("one-disability-each?", "2888Q", "No child of the return has more than one disability."),
    Asked("no-pre-proceedings?", "9000Q", "The whole return has no day on which pre-proceedings were decided."),
)
OF_THE_CHILD = (
    Asked("pupil-letter-wrong", "1510", "The pupil's number is wrong: its letter does not check it."),
    Asked("pupil-number-twice", "1520", "This pupil's number stands for two children."),
    Asked("pupil-authority-unknown", "1530", "The pupil's number names no authority: letters 2 to 4."),
    Asked("pupil-digits-wrong", "1540", "The pupil's number is wrong: letters 5 to 12 are not all digits."),
    Asked("pupil-last-letter-wrong", "1550", "The pupil's number ends in a letter that none ends in."),
    Asked("former-pupil-number-wrong?", "1560Q", "The former pupil's number has not the form of one."),
    Asked("child-number-long", "1570", "The authority's number of the child has more than 20 letters (since 2024-25)."),
    Asked("child-number-other-letters", "1580", "The authority's number of the child holds more than letters and digits (since 2024-25)."),
    Asked("sex-missing", "4180", "The child's sex is missing, or no code (M, F, U; until 2023-24 the gender: 0, 1, 2, 9)."),
    Asked("ethnicity-missing", "4220", "The child's ethnicity is missing, or no code (NOBT: not known yet)."),
    Asked("child-number-missing", "8500", "The authority's own number of the child is missing."),
    Asked("child-number-twice", "8510", "This number stands for two children."),
    Asked("born-after-period", "8520", "Born after the census's year."),
    Asked("birth-or-expected-birth?", "8525Q", "Either the day of birth, or the one on which an unborn child is expected; not both."),
    Asked("expected-far-off?", "8530Q", "Expected more than 30 days before the year's end, or more than nine months after it."),
    Asked("died-before-birth?", "8535Q", "Died before being born."),
    Asked("disability-missing", "8540", "Disability of a born child with further action is missing, or no code (NONE: no disability)."),
    Asked("died-outside-period?", "8545Q", "Died outside the census's year."),
    Asked("no-episode", "8590", "A child has at least one episode."),
    Asked("unborn-with-sex", "8750", "An unborn child's sex is not known yet (U; until 2023-24 the gender: 0)."),
    Asked(
        "no-pupil-number-at-school-age?",
        "8770Q",
        "Four or older, with further action, and neither a pupil's number nor why there is none.",
    ),
    Asked("pupil-reason-no-further-action", "8772", "No pupil's number for “referral with no further action”, though one went on."),
    Asked("older-than-25?", "8775Q", "Older than 25, and an episode is open or was closed after the 25th birthday."),
    Asked("disability-none-and-another", "8790", "No disability, and another besides."),
    Asked("disability-twice", "8794", "The same disability stands twice."),
)
OF_THE_EPISODE = (
    Asked("closed-after-assessment-and-yet", "2990", "Closed after assessment (RC8, RC9), and yet there was more than an assessment."),
    Asked("enquiry-without-assessment?", "2991Q", "An enquiry, and no assessment in the episode."),
    Asked("referral-after-death?", "8555Q", "Referred after the child's death."),
    Asked("activity-after-closure", "8565", "Something happened after the episode was closed."),
    Asked("no-further-action-missing", "8568", "It is not said whether the referral led to no further action."),
    Asked("no-further-action-of-earlier-year?", "8569Q", "No further action, and referred before the working day before the year."),
    Asked("died-without-day?", "8585Q", "Closed because the child died (RC2), and no day of death is given."),
    Asked("referral-missing", "8600", "The day of the referral is missing."),
    Asked("referral-after-period", "8600", "Referred after the census's year."),
    Asked("referral-before-conception", "8606", "Referred more than 280 days before the birth."),
    Asked("need-missing", "8610", "The primary need of a referral with further action is missing (N0: not stated)."),
    Asked("closed-outside-period", "8620", "Closed outside the census's year."),
    Asked("closed-before-referral", "8630", "Closed before the referral."),
    Asked("reason-for-closure-wrong", "8640", "The reason for closing is no code."),
    Asked("need-wrong", "8650", "The primary need is no code."),
    Asked("closed-without-reason", "8805", "Closed, without a reason."),
    Asked("reason-without-closure", "8810", "A reason for closing, without the day."),
    Asked("two-open-episodes", "8815", "More than one episode with further action is open."),
    Asked("open-episode-not-latest", "8816", "An episode with further action is open, and another was referred after it."),
    Asked("two-episodes", "8820", "Referred while another episode ran."),
    Asked("closed-after-no-assessment?", "8825Q", "Closed after assessment (RC8, RC9), and there is no assessment."),
    Asked("no-further-action-and-yet", "8831", "No further action, and yet an assessment, enquiry or conference."),
    Asked("no-further-action-and-protection", "8832", "No further action, and yet a child protection plan."),
    Asked("source-missing", "8866", "Who referred is missing, or no code (referrals since April 2013)."),
    Asked("closed-with-assessment", "8867", "The episode is closed, and this assessment is not authorised."),
    Asked("closed-with-enquiry", "8868", "The episode is closed, and this enquiry has no end: either a conference, or none was required."),
)
OF_AN_ASSESSMENT = (
    Asked("assessment-before-referral", "1103", "The assessment began before the referral."),
    Asked("assessment-out-of-order", "8608", "Authorised before it started."),
    Asked("factors-before-authorised", "8614", "Factors of an assessment that is not authorised."),
    Asked("factor-8a", "8617", "The factor 8A is none any more (8B to 8F)."),
    Asked("assessment-over-45-days?", "8670Q", "Due in the 45 working days before the year's end, and not authorised."),
    Asked("assessment-outside-period", "8696", "Authorised outside the census's year."),
    Asked("open-assessment-outside-period", "8736", "Not authorised, and begun outside the census's year."),
    Asked("assessments-overlap?", "8863Q", "An assessment began while another was under way."),
    Asked("no-factors-and-another", "8869", "No factors (21), and others besides."),
    Asked("no-factors-and-went-on?", "8873Q", "The only assessment found no factors (21), and did not close the episode (RC8, RC9)."),
    Asked("two-open-assessments", "8896", "More than one assessment of the episode is not authorised."),
    Asked("factors-missing?", "8897Q", "Authorised in the year, and no factors are given, or one is no code."),
    Asked("factor-twice", "8898", "The same factor stands twice."),
    Asked("disability-not-a-factor?", "8899Q", "A disabled child's assessment names no disability among its factors (5A, 6A)."),
    Asked("factor-18a?", "8945Q", "The factor 18A is to be told as 18B or 18C (since 2024-25)."),
    Asked("factor-19a?", "8950Q", "The factor 19A is to be told as 19B or 19C (since 2024-25)."),
)
OF_AN_ENQUIRY = (
    Asked("conference-before-referral", "1104", "The conference was before the referral."),
    Asked("conference-told-twice", "2884", "The conference stands both in the enquiry and in the episode."),
    Asked("enquiry-before-referral", "2889", "The enquiry began before the referral."),
    Asked("conference-before-enquiry", "8615", "The conference was before the enquiry, or the enquiry has no start."),
    Asked("conference-over-15-days?", "8675Q", "Due in the 15 working days before the year's end, and not held."),
    Asked("conference-outside-period", "8715", "The conference was outside the census's year."),
    Asked("open-enquiry-outside-period", "8740", "Begun outside the census's year, and its conference is not held."),
    Asked("two-open-enquiries", "8839", "More than one enquiry of the episode has no end."),
    Asked("conference-target-on-weekend?", "8870Q", "The conference's target is on a weekend."),
    Asked("conference-on-weekend", "8875", "The conference was on a weekend."),
    Asked("enquiries-overlap", "8890", "An enquiry began while another was under way."),
    Asked("conference-target?", "", "The target is not 15 working days after the enquiry began."),
    Asked("conference-and-not-required?", "", "A conference, though none was required."),
)
OF_A_PROTECTION_PLAN = (
    Asked("plan-before-referral", "1105", "The plan began before the referral."),
    Asked("plan-without-conference", "2885", "The plan did not begin on the day of an initial conference of its episode."),
    Asked("plan-without-start", "8720", "The plan has no start."),
    Asked("plan-after-period", "8720", "Begun after the census's year."),
    Asked("previous-plans-missing", "8730", "The number of plans before is missing."),
    Asked("plan-of-one-day", "8840", "The plan began and ended on the same day."),
    Asked("review-not-after-start", "8841", "A review on the day the plan began, or before."),
    Asked("first-category-missing", "8905", "The first category of abuse is missing, or no code."),
    Asked("latest-category-missing", "8910", "The latest category of abuse is missing, or no code."),
    Asked("plan-after-death", "8915", "The plan began after the child's death."),
    Asked("plan-ends-after-death", "8920", "The plan ended after the child's death."),
    Asked("plan-out-of-order", "8925", "The plan ended before it started."),
    Asked("plan-end-outside-period", "8930", "The plan ended outside the census's year."),
    Asked("two-open-plans", "8935", "More than one plan is open."),
    Asked("two-plans", "8940", "A plan began while another ran, or on the day that it ended."),
    Asked("closed-with-plan?", "", "The episode is closed, and its plan is open."),
    Asked("plan-at-18?", "", "The child was 18."),
    Asked("review-twice?", "", "The same review stands twice."),
    Asked("review-after-end?", "", "A review after the plan's end, or after the census's year."),
    Asked("no-review?", "", "No review in the three months after the plan began."),
)
OF_A_NEED_PLAN = (
    Asked("no-further-action-and-need-plan", "4000", "No further action, and yet a child in need plan."),
    Asked("both-plans-open", "4001", "A child in need plan and a child protection plan of the episode are both open."),
    Asked("review-during-need-plan", "4003", "A child protection plan was reviewed while a child in need plan ran."),
    Asked("two-open-need-plans", "4004", "More than one child in need plan of the episode is open."),
    Asked("need-plan-after-death", "4008", "The child in need plan began after the child's death."),
    Asked("need-plan-ends-after-death?", "4009Q", "The child in need plan ended after the child's death."),
    Asked("need-plan-start-missing", "4010", "The child in need plan has no start, or begins after the census's year."),
    Asked("need-plan-out-of-order", "4011", "The child in need plan ended before it started."),
    Asked("need-plan-of-one-day?", "4012Q", "The child in need plan began and ended on the same day."),
    Asked("need-plan-outside-period", "4013", "The child in need plan ended outside the census's year."),
    Asked("need-plans-overlap", "4014", "A child in need plan began while another ran, or on the day that it ended."),
    Asked("need-plan-before-referral", "4015", "The child in need plan began before the referral."),
    Asked("need-plan-during-protection", "4016", "A child in need plan began while a child protection plan ran."),
    Asked("protection-during-need-plan", "4017", "A child protection plan began while a child in need plan ran."),
)
OF_PRE_PROCEEDINGS = (
    Asked("pre-proceedings-outside-period", "9005", "Pre-proceedings were decided outside the census's year."),
    Asked("letter-outside-period", "9006", "The letter before proceedings left outside the census's year, or before they were decided."),
    Asked("family-meeting-not-told", "9007", "It is not said whether the letter before proceedings offered a family group meeting."),
    Asked("first-meeting-outside-period", "9008", "The first meeting was outside the census's year."),
    Asked(
        "decision-outside-period",
        "9009",
        "The step up or down was decided outside the census's year, or before pre-proceedings were.",
    ),
    Asked("family-meeting-not-held?", "9010Q", "A family group meeting was offered, and it is not said whether it was held."),
    Asked("outcome-wrong", "9011", "The outcome of pre-proceedings is no code (A, B, C)."),
    Asked("application-outside-period", "9012", "The application to the court was outside the census's year, or before the decision."),
    Asked(
        "care-letter-outside-period",
        "9013",
        "The letter of care proceedings left outside the census's year, or before the application.",
    ),
    Asked("meetings-not-counted?", "9015Q", "A first meeting was held, and how many followed is not said."),
)
ASKED = {
    asked.name: asked
    for asked in (
        *OF_THE_RETURN,
        *OF_THE_CHILD,
        *OF_THE_EPISODE,
        *OF_AN_ASSESSMENT,
        *OF_AN_ENQUIRY,
        *OF_A_PROTECTION_PLAN,
        *OF_A_NEED_PLAN,
        *OF_PRE_PROCEEDINGS,
    )
}
"""Every rule, by its name."""
NOT_ASKED = {"8842Q": "A group of reviews without a day is not read; an empty element is a fault of form."}
"""By the DfE's code: why it is not asked."""
