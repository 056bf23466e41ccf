"""A second person: the administrator proposes who may see cases, or whose second factor is reset; somebody of that agency agrees."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import queries
from havenline.foundation.people.actions import factors
from havenline.foundation.people.actions.errors import NotForYourself, NotLockedOut, NotYoursToAnswer
from havenline.foundation.people.actions.letting_in import admit, generated_password, give_membership, must_administer, must_fit
from havenline.foundation.people.actions.visits import end_visits
from havenline.foundation.people.models import Agency, Membership, Person, Proposal, Visit
from havenline.foundation.people.roles import Role, Team, sees_cases

Kind, Answer = Proposal.Kind, Proposal.Answer


@transaction.atomic
def propose_role(*, person: Person, agency: Agency, role: str, by: Membership, team: str = "") -> Proposal | Membership:
    """Ask for a role. One that sees no case is given at once; so is one that nobody else in the installation could agree to.

    Twice gives the same proposal. Raises as `give_membership` does.
    """
    must_administer(by)
    must_fit(person=person, agency=agency, role=role, by=by)
    if not sees_cases(role):
        return give_membership(person=person, agency=agency, role=role, team=team, by=by)
    held = Membership.objects.current().filter(person=person, agency=agency, role=role, team=Team(team), until=None).first()
    if held is not None:
        return held
    proposal = _proposed(kind=Kind.ROLE, person=person, agency=agency, role=role, team=Team(team), by=by)
    return admitted_by(proposal) if proposal.answer else proposal


def admitted_by(proposal: Proposal) -> Membership:
    """The membership that a proposal led to."""
    return Membership.objects.get(
        person_id=proposal.person_id, agency_id=proposal.agency_id, role=proposal.role, team=proposal.team, until=None
    )


@transaction.atomic
def propose_factor_reset(*, person: Person, by: Membership) -> Proposal:
    """Ask that somebody who lost their factors may add new ones. Raises NoFactor, NotForYourself, NotYourRole."""
    must_administer(by)
    if by.person_id == person.pk:
        raise NotForYourself(_("Nobody resets their own second factor here. Use a recovery code, or ask another administrator."))
    if not factors.has_factor(person):
        raise factors.NoFactor(_("%(name)s has no second factor.") % {"name": person.name})
    acting = list(Membership.objects.current().filter(person=person).select_related("agency").order_by("pk"))
    of = next((one for one in acting if sees_cases(one.role)), acting[0] if acting else by)
    return _proposed(kind=Kind.FACTOR_RESET, person=person, agency=of.agency, role="", team=Team.NONE, by=by)


def _proposed(*, kind: str, person: Person, agency: Agency, role: str, team: str, by: Membership) -> Proposal:
    Person.objects.select_for_update().get(pk=person.pk)  # two clicks at once are one proposal
    same = Proposal.objects.open().filter(kind=kind, person=person, agency=agency, role=role, team=team).first()
    if same is not None:
        return same
    proposal = Proposal.objects.create(
        kind=kind, person=person, agency=agency, role=role, team=team, proposed_by=by, proposed_at=moment.now()
    )
    said = "proposed a role" if kind == Kind.ROLE else "proposed to reset a second factor"
    ledger.record(by, said, person, reason=role, to=agency.slug)
    if not queries.who_can_agree(proposal).exists():
        _answered(proposal, Answer.ALONE, by)
        _carry_out(proposal, by)
    return proposal


@transaction.atomic
def let_in_again(*, email: str, with_password: bool = False) -> tuple[Person, str]:
    """Whoever has the machine lets an administrator in who lost every factor: factors and sessions end, the next sign-in asks for new ones.

    Gives the person and, where asked for, a new password. Oversight reads it among what was done without a second person.
    Raises NotLockedOut for whoever is no administrator in force, or has no factor that could be lost.
    """
    person = Person.objects.select_for_update().filter(email=email.strip().lower(), is_active=True).first()
    acting = Membership.objects.current().select_related("agency").filter(person=person, role=Role.ADMINISTRATOR).first()
    if person is None or acting is None:
        raise NotLockedOut(_("No administrator in force signs in with this address. Everybody else asks an administrator."))
    if not with_password and not factors.has_factor(person):
        raise NotLockedOut(_("%(name)s has no second factor: the password alone lets them in.") % {"name": person.name})
    asked = Proposal.objects.open().filter(person=person, kind=Kind.FACTOR_RESET)
    asked.update(answer=Answer.WITHDRAWN, answered_by=acting, answered_at=moment.now())
    proposal = Proposal.objects.create(kind=Kind.FACTOR_RESET, person=person, agency=acting.agency, proposed_by=acting)
    _answered(proposal, Answer.ALONE, acting)
    factors.forget_all(person=person)
    end_visits(person=person, why=Visit.Why.FACTOR)
    password = generated_password() if with_password else ""
    if password:
        person.set_password(password)
        person.save(update_fields=["password"])
    ledger.record(INSTALLATION, "did without a second person", proposal, reason=proposal.kind, to=acting.agency.slug)
    ledger.record(INSTALLATION, "let an administrator in again", person, reason="with a new password" if password else "new second factor")
    return person, password


@transaction.atomic
def agree(*, proposal: Proposal, by: Membership) -> Proposal:
    """The second person: from here on it is in force. Raises NotYoursToAnswer, and what has come to forbid the role meanwhile."""
    proposal = _open(proposal, by)
    if proposal.kind == Kind.ROLE:
        must_fit(person=proposal.person, agency=proposal.agency, role=proposal.role, by=by)
    _answered(proposal, Answer.AGREED, by)
    _carry_out(proposal, by)
    return proposal


@transaction.atomic
def decline(*, proposal: Proposal, by: Membership) -> Proposal:
    """The second person says no; the administrator reads it. Raises NotYoursToAnswer."""
    proposal = _answered(_open(proposal, by), Answer.DECLINED, by)
    ledger.record(by, "declined a proposal", proposal.person, reason=proposal.role or proposal.kind, to=proposal.agency.slug)
    return proposal


@transaction.atomic
def withdraw(*, proposal: Proposal, by: Membership) -> Proposal:
    """An administrator asks for it no more. Raises NotYoursToAnswer, NotYourRole."""
    must_administer(by)
    proposal = _locked(proposal)
    _answered(proposal, Answer.WITHDRAWN, by)
    ledger.record(by, "withdrew a proposal", proposal.person, reason=proposal.role or proposal.kind, to=proposal.agency.slug)
    return proposal


def _locked(proposal: Proposal) -> Proposal:
    found = Proposal.objects.open().select_for_update(of=("self",)).select_related("person", "agency").filter(pk=proposal.pk).first()
    if found is None:
        raise NotYoursToAnswer(_("This was answered meanwhile, or has lapsed."))
    return found


def _open(proposal: Proposal, by: Membership) -> Proposal:
    proposal = _locked(proposal)
    if not queries.who_can_agree(proposal).filter(pk=by.pk).exists():
        raise NotYoursToAnswer(_("This is not yours to answer."))
    return proposal


def _answered(proposal: Proposal, answer: str, by: Membership) -> Proposal:
    proposal.answer, proposal.answered_by, proposal.answered_at = answer, by, moment.now()
    proposal.save(update_fields=["answer", "answered_by", "answered_at"])
    return proposal


def _carry_out(proposal: Proposal, by: Membership) -> None:
    said = "agreed" if proposal.answer == Answer.AGREED else "did without a second person"
    person, agency = proposal.person, proposal.agency
    ledger.record(by, said, proposal, reason=proposal.role or proposal.kind, to=agency.slug)
    if proposal.kind == Kind.ROLE:
        admit(person=person, agency=agency, role=proposal.role, team=proposal.team, by=by)
    else:
        factors.forget_all(person=person)
        end_visits(person=person, why=Visit.Why.FACTOR)
        ledger.record(by, "reset a second factor", person)
