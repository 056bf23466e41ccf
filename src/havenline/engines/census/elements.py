"""The elements of the Children in Need census, of every collection since 2013-14.

Source: DfE, *Children in need census: business and technical specification*; those since 2025-26 (`PreProceedingsandFGDM`) as the
sector's validator has them. Names are compared without regard to case or namespace, since real files differ in both.
"""

ROOT, CHILDREN, CHILD, EPISODE = "Message", "Children", "Child", "CINdetails"

# A group that runs a clock: the element that starts it, and the others that its clocks are counted from.
FIELDS = {
    "Assessments": ("AssessmentActualStartDate", "AssessmentAuthorisationDate"),
    "Section47": ("S47ActualStartDate", "DateOfInitialCPC", "ICPCnotRequired"),
    "ChildProtectionPlans": ("CPPstartDate", "CPPendDate", "CPPreviewDate"),
}
GROUP_OF = {field: group for group, fields in FIELDS.items() for field in fields}
ALSO = {"Assessment": "Assessments", "ChildProtectionPlan": "ChildProtectionPlans"}
"""Some systems put each of several into an element of its own, inside the group's."""

IDENTIFIERS = ("LAchildID", "UPN")
OF_THE_HEADER = ("Collection", "Year", "ReferenceDate", "LEA")
FLAGS = {"ICPCnotRequired"}
DATES = {
    "ReferenceDate",
    "PersonBirthDate",
    "ExpectedPersonBirthDate",
    "PersonDeathDate",
    "CINreferralDate",
    "CINclosureDate",
    "DateOfInitialCPC",
    "AssessmentActualStartDate",
    "AssessmentInternalReviewDate",
    "AssessmentAuthorisationDate",
    "CINPlanStartDate",
    "CINPlanEndDate",
    "S47ActualStartDate",
    "InitialCPCtarget",
    "CPPstartDate",
    "CPPendDate",
    "CPPreviewDate",
    "PPStartDate",
    "LBPSentDate",
    "InitialPPMeetingDate",
    "StepDecisionDate",
    "CourtAppDate",
    "LetterInitCPDate",
}
NOT_READ = {
    # the header's
    "Header", "CollectionDetails", "Source", "SourceLevel", "SoftwareCode", "Release", "SerialNo", "DateTime", "Content",
    "CBDSLevels", "CBDSLevel", "Term",
    # a child's
    "ChildIdentifiers", "FormerUPN", "UPNunknown", "GenderCurrent", "Gender", "Sex", "ChildCharacteristics", "Ethnicity", "Disabilities",
    "Disability",
    # an episode's
    "ReferralSource", "PrimaryNeedCode", "ReasonForClosure", "ReferralNFA", "FactorsIdentifiedAtAssessment", "AssessmentFactors",
    "CINPlanDates", "InitialCategoryOfAbuse", "LatestCategoryOfAbuse", "NumberOfPreviousCPP", "Reviews", "Review",
    "PreProceedingsandFGDM", "FGDMMeetingOffer", "FGDMMeetingFac", "ReviewMeetingsCount", "PPOutcome",
}  # fmt: skip
KNOWN = {
    name.lower(): name
    for name in (ROOT, CHILDREN, CHILD, EPISODE, *FIELDS, *ALSO, *GROUP_OF, *IDENTIFIERS, *OF_THE_HEADER, *DATES, *NOT_READ)
}
