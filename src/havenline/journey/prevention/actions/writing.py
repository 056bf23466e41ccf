"""A notice to schools is written: its text, its schools, and for each school the one question that comes first."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record
from havenline.journey.intake import receipts
from havenline.journey.prevention.actions.errors import (
    AnswerMissing,
    ChangedMeanwhile,
    NamesSomebody,
    NotADraft,
    NotASource,
    OfficerTold,
    WordsMissing,
)
from havenline.journey.prevention.actions.officer import tell_designated_officer
from havenline.journey.prevention.actions.silences import may_be_written
from havenline.journey.prevention.guidance import PAGES
from havenline.journey.prevention.models import AskedSchool, Campaign, CampaignSource, NearSubject, School
from havenline.journey.prevention.naming import known_of, named_in
from havenline.journey.prevention.policies import AGREED, SENDERS, SOURCES


@transaction.atomic
def write_notice(*, token: str, sources: Iterable[Record], title: str, words: str, guidance: str, by: Membership) -> Campaign:
    """Begin a notice to schools from a case or a report, or from several that make a pattern. The same token gives the same notice.

    Raises NotYourRole, NotPartyToRecord, NotASource, WordsMissing, NamesSomebody, records.Silenced, PoliceMustAgree.
    """
    by.must_be(*SENDERS)
    submission = receipts.submission_of(f"{by.pk} {token}")
    before = Campaign.objects.filter(submission=submission).first()
    if before is not None:
        return before
    records = list(dict.fromkeys(sources))
    if not records:
        raise NotASource(_("Say which case or report the notice comes from."))
    for record in records:
        by.must_be_party_to(record)
        if record.kind not in SOURCES or record.agency_id != by.agency_id:
            raise NotASource(_("%(record)s is no case or report of your agency.") % {"record": record.reference})
        may_be_written(record, by=by)
    title, words = _checked(title, words, records, by)
    source = records[0]
    Record.objects.select_for_update().get(pk=source.pk)
    campaign = Campaign.objects.create(
        submission=submission,
        agency=by.agency,
        source=source,
        title=title,
        words_sealed=source.ledger_seal().seal("notice to schools", words),
        guidance=guidance,
        guidance_version=PAGES[guidance].version.code,
        written_by=by,
        written_at=moment.now(),
    )
    CampaignSource.objects.bulk_create(CampaignSource(campaign=campaign, record=record) for record in records)
    ledger.record(
        by,
        "wrote a notice to schools",
        campaign,
        changed={"title": title, "words": words, "from": [record.reference for record in records]},
    )
    return campaign


@transaction.atomic
def rewrite_notice(*, campaign: Campaign, title: str, words: str, guidance: str, by: Membership) -> Campaign:
    """Change the text of a draft. Raises NotADraft, WordsMissing, NamesSomebody."""
    campaign = draft(campaign, by)
    title, words = _checked(title, words, sources_of(campaign), by)
    campaign.title, campaign.words_sealed = title, campaign.source.ledger_seal().seal("notice to schools", words)
    campaign.guidance, campaign.guidance_version = guidance, PAGES[guidance].version.code
    campaign.save(update_fields=["title", "words_sealed", "guidance", "guidance_version"])
    ledger.record(by, "rewrote a notice to schools", campaign, changed={"title": title, "words": words})
    return campaign


@transaction.atomic
def choose_schools(*, campaign: Campaign, schools: Iterable[School], by: Membership) -> int:
    """Think of these schools too; how many are new. A closed school is never chosen. Raises NotADraft."""
    campaign = draft(campaign, by)
    chosen = 0
    for school in schools:
        if not school.is_closed:
            _asked, made = AskedSchool.objects.get_or_create(campaign=campaign, school=school)
            chosen += made
    if chosen:
        ledger.record(by, "chose schools for a notice", campaign, changed={"schools": chosen})
    return chosen


@transaction.atomic
def leave_out(*, asked: AskedSchool, by: Membership) -> None:
    """Take a school off again, unless the designated officer was told about it. Raises NotADraft, OfficerTold."""
    campaign = draft(asked.campaign, by)
    asked = AskedSchool.objects.select_for_update().get(pk=asked.pk)
    if asked.goes_to_officer:
        raise OfficerTold(_("The designated officer was told about this school, so it stays on the list."))
    ledger.record(by, "left a school out of a notice", campaign, changed={"urn": asked.school.urn})
    asked.delete()


@transaction.atomic
def answer_for_schools(*, campaign: Campaign, answers: Mapping[int, str], by: Membership) -> list[AskedSchool]:
    """Does the subject or a relative work at, volunteer for or govern this school? By the row's key: yes, no or unknown.

    Yes or unknown: nothing goes to the school, and in this act the designated officer (LADO) is told what was asked and answered.
    Raises NotADraft, OfficerTold, records.Silenced, PoliceMustAgree.
    """
    campaign = draft(campaign, by)
    for record in sources_of(campaign):
        may_be_written(record, by=by)
    changed = []
    for asked in AskedSchool.objects.select_for_update(of=("self",)).filter(campaign=campaign, pk__in=answers).select_related("school"):
        answer = NearSubject(answers[asked.pk])
        if asked.answer == answer:
            continue
        if asked.goes_to_officer and answer == NearSubject.NO:
            raise OfficerTold(
                _("The designated officer was told about %(school)s, and decides what it hears.") % {"school": asked.school.name}
            )
        asked.campaign = campaign
        asked.answer, asked.answered_by, asked.answered_at = answer, by, moment.now()
        asked.save(update_fields=["answer", "answered_by", "answered_at"])
        ledger.record(by, "answered whether anybody near works at a school", asked, reason=str(answer))
        if asked.goes_to_officer:
            tell_designated_officer(asked, by=by)
        changed.append(asked)
    return changed


@transaction.atomic
def propose(*, campaign: Campaign, by: Membership) -> Campaign:
    """Lay the notice before a second person. Raises NotADraft, AnswerMissing, NamesSomebody, records.Silenced, PoliceMustAgree."""
    campaign = draft(campaign, by)
    answers = list(campaign.asked.values_list("answer", flat=True))
    if "" in answers:
        raise AnswerMissing(_("Answer the question for each school first."))
    if NearSubject.NO not in answers:
        raise AnswerMissing(_("There is no school to which it could go. Choose one, and answer the question about it."))
    must_stand(campaign, by)
    campaign.proposed_at, campaign.given_back_sealed = moment.now(), None
    campaign.save(update_fields=["proposed_at", "given_back_sealed"])
    ledger.record(by, "proposed a notice to schools", campaign, changed={"schools": answers.count(NearSubject.NO)})
    clocks.start(record=campaign.source, rule=AGREED, agency=campaign.agency, about=f"notice to schools {campaign.pk}", by=by)
    return campaign


@transaction.atomic
def give_back(*, campaign: Campaign, words: str, by: Membership) -> Campaign:
    """The second person gives it back to be changed; or the writer takes it back. Raises WordsMissing, NotADraft."""
    campaign = locked(campaign, by)
    if campaign.state != "proposed":
        raise NotADraft(_state_in_words(campaign))
    if not words.strip():
        raise WordsMissing(_("Say what should be changed."))
    campaign.proposed_at = None
    campaign.given_back_sealed = campaign.source.ledger_seal().seal("given back", words.strip())
    campaign.save(update_fields=["proposed_at", "given_back_sealed"])
    ledger.record(by, "gave a notice to schools back", campaign, words=words)
    stop_waiting(campaign, by)
    return campaign


@transaction.atomic
def drop(*, campaign: Campaign, by: Membership) -> Campaign:
    """It is not sent. What the designated officer was told stands."""
    campaign = locked(campaign, by)
    if campaign.state == "dropped":
        return campaign
    if campaign.state == "sent":
        raise NotADraft(_state_in_words(campaign))
    if campaign.proposed_at is not None:
        stop_waiting(campaign, by)
    campaign.dropped_at = moment.now()
    campaign.save(update_fields=["dropped_at"])
    ledger.record(by, "dropped a notice to schools", campaign)
    return campaign


# Called by the actions of this room, inside their transaction.


def locked(campaign: Campaign, by: Membership) -> Campaign:
    """The row as it stands now, for a person of the agency who may see every source. Raises NotYourRole, NotPartyToRecord."""
    by.must_be(*SENDERS)
    again = Campaign.objects.select_for_update(of=("self",)).select_related("source", "agency", "written_by__agency").get(pk=campaign.pk)
    if again.agency_id != by.agency_id:
        raise NotASource(_("This notice is another agency’s."))
    for record in sources_of(again):
        by.must_be_party_to(record)
    return again


def draft(campaign: Campaign, by: Membership) -> Campaign:
    """The same, while it is a draft. Raises NotADraft, and as `locked`."""
    campaign = locked(campaign, by)
    if not campaign.is_draft:
        raise NotADraft(_state_in_words(campaign))
    return campaign


def sources_of(campaign: Campaign) -> list[Record]:
    return [source.record for source in campaign.sources.select_related("record__agency").order_by("pk")]


def must_stand(campaign: Campaign, by: Membership) -> None:
    """Checked again just before it goes on: the sources may have learnt a name since, or a silence been agreed."""
    records = sources_of(campaign)
    for record in records:
        may_be_written(record, by=by)
    _checked(campaign.title, campaign.words, records, by)


def stop_waiting(campaign: Campaign, by: Membership) -> None:
    clocks.stop(record=campaign.source, rule=AGREED.code, about=f"notice to schools {campaign.pk}", by=by)


def must_be_as_shown(campaign: Campaign, count: int) -> None:
    """Raises ChangedMeanwhile."""
    if campaign.going != count:
        raise ChangedMeanwhile(_("That is not the number of schools to which it goes. Look at the list again, and type their number."))


def _checked(title: str, words: str, records: list[Record], by: Membership) -> tuple[str, str]:
    title, words = " ".join(title.split()), words.strip()
    if not title or not words:
        raise WordsMissing(_("Enter a title, and what schools shall know."))
    found = named_in(f"{title}\n{words}", known_of(records, by=by))
    if found:
        said = _("This would tell schools whom it is about. Take out: %(words)s.") % {"words": ", ".join(f"“{word}”" for word in found[:8])}
        raise NamesSomebody(said, found)
    return title, words


def _state_in_words(campaign: Campaign) -> str:
    return {
        "sent": _("This notice was sent. Nothing was changed."),
        "dropped": _("This notice was dropped. Nothing was changed."),
        "proposed": _("This notice waits for a second person. Have it given back to change it."),
        "draft": _("This notice is a draft: nobody was asked to agree to it yet."),
    }[campaign.state]
