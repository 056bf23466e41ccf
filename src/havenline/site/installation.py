"""Where an installation lives, and what it was told about itself.

`$HAVENLINE_HOME` holds `havenline.toml` (this file's subject), `keys/`, and for SQLite the database. No Django here:
settings, the command line and `doctor` all read it.
"""

import os
import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from gettext import GNUTranslations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from havenline.engines import procedure, proof
from havenline.foundation.retention import rules

CHECKOUT = Path(__file__).resolve().parents[3]
MAIL = {"host", "port", "from", "user", "password", "tls"}
MATCHING = {"lookups_a_second", "most_at_once"}
SIGN_IN = {"name", "issuer", "client_id", "client_secret"}
HOST = re.compile(r"([a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?")
TRANSLATED = Path(__file__).parent / "locale"
SOURCE = "en"  # what the pages are written in, and the desk speaks: offered always
# What a reader is told in words, so that each language must say it; the others may be said anew where they differ.
MUST_BE_SAID = ("emergency_text", "helpline_text", "read_within")
MAY_BE_SAID = ("name", "country", "helpline_name", "helpline_number", "removal_service_name", "removal_service_url", "exit_url")


class BadConfiguration(Exception):
    """havenline.toml says something that cannot be used; names the key."""


@dataclass(frozen=True)
class Deployment:
    """What the public pages say of this place. Every number and name is a setting, none is built in."""

    name: str = "Havenline"
    country: str = "England"
    emergency_number: str = "999"
    emergency_text: str = "Ask for the police. It’s free."
    helpline_name: str = "Childline"
    helpline_number: str = "0800 1111"
    helpline_text: str = "Child helpline, free, day and night."
    hotline_telephone: str = ""  # where a host can check that a request is the hotline's, and answer it without its link
    hotline_email: str = ""  # answers to a notice's letter go there
    removal_service_name: str = "Report Remove"
    removal_service_url: str = "https://removal.example/"
    exit_url: str = "https://weather.example/"
    hours: str = ""  # when somebody reads, "08:00-20:00"; empty: day and night
    read_within: str = "a day"
    seconds_to_take_back: int = 60
    minutes_unclaimed: int = 5  # danger now, before it is raised to the on-call analyst and the control room: our policy
    manager_signs_off_decisions: bool = False  # a decision on a referral by a social worker waits for a manager: local policy
    log_leaves_a_day: int = 64  # what the public log grows by each day, more than are ever reported: who reads it cannot count reports
    languages: tuple[str, ...] = (SOURCE,)  # what the public pages are offered in; the desk is in English
    in_other_words: dict[str, dict[str, str]] = field(default_factory=dict)  # [deployment.ar]: the words above, as Arabic says them

    def in_language(self, code: str | None) -> "Deployment":
        """The same place, told in this language."""
        words: dict[str, Any] = {**self.in_other_words.get(code or SOURCE, {})}
        return replace(self, **words)


@dataclass(frozen=True)
class Installation:
    """One home. `kind` is "demo" or "installation": the demo can never be started on the latter."""

    home: Path
    kind: str = "installation"
    made_at: str = ""
    database_url: str = ""  # empty: SQLite in the home
    public_database_url: str = ""  # the public process's own database user; empty: the same as the others'
    api_database_url: str = ""  # the same of the API
    match_database_url: str = ""  # the same of matching and its follower
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1")
    base_url: str = "http://localhost:8000"
    role: str = ""  # "public": the home of a public host, which holds no key that reads a report and serves nothing else
    behind_proxy: bool = (
        False  # our own web server, on this machine, adds to X-Forwarded-For: its last word counts failed sign-ins by network
    )
    mail: dict[str, Any] = field(default_factory=dict)
    receipts_at: str = ""  # a public host’s: where receipts are answered, such as http://10.0.0.2:8010; empty: the socket in run/
    signs_desk_key: tuple[str, ...] = ()  # a public host’s: who signed desk.pub, as a witness is told a key; empty: keys/ledger.pub says
    witnesses: dict[str, str] = field(default_factory=dict)  # who is shown each checkpoint of our ledger: address = "public key"
    witnessed: tuple[str, ...] = ()  # public keys of the ledgers that we are a witness to, served by the api role
    may_ask_inside: tuple[str, ...] = ()  # hosts in a private network that we may ask: "name" or "name:port" of a witness, or of sign_in
    sign_in: dict[str, str] = field(default_factory=dict)  # an agency's own identity provider (OpenID Connect)
    takedown: dict[str, Any] = field(default_factory=dict)  # names: where the demo's hosts are; refused elsewhere
    retention: dict[str, dict[str, Any]] = field(default_factory=dict)  # [retention.CODE]: what is kept for longer or shorter here
    retention_journal: str = ""  # where erasures and holds are written down; empty: journal/ in the home
    backup_keep_days: int = 35  # how long a backup is kept, and so what was erased can still be in one
    backup_every_days: int = 1  # doctor complains of an older one
    backup_recipient: str = ""  # age1…: whose identity opens backups
    backup_keys_recipient: str = ""  # the same for the keys; empty: the same person
    matching: dict[str, int] = field(default_factory=dict)  # [matching]: what one platform's keys may ask: MATCHING below
    deployment: Deployment = field(default_factory=Deployment)

    @property
    def has_mail(self) -> bool:
        """Whether somebody said where letters go: then an invitation goes there, and no password is shown to anybody."""
        return bool(self.mail.get("host"))

    @property
    def is_demo(self) -> bool:
        return self.kind == "demo"


def home() -> Path:
    """`$HAVENLINE_HOME`, or `var/` in the checkout."""
    return Path(os.environ.get("HAVENLINE_HOME") or CHECKOUT / "var").resolve()


def load(where: Path | None = None) -> Installation:
    """Read `havenline.toml`; a home without one gives the defaults, so that tests and tools can start. Raises BadConfiguration."""
    where = where or home()
    path = where / "havenline.toml"
    if not path.exists():
        return Installation(home=where, kind="none")
    try:
        said = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadConfiguration(f"{path} cannot be read: {error}") from error
    deployment = _deployment(said.pop("deployment", {}), path)
    if unknown := sorted(set(said.get("mail", {})) - MAIL):
        raise BadConfiguration(f"{path}: unknown setting {unknown[0]!r} under [mail]. Known: {', '.join(sorted(MAIL))}.")
    _check_sign_in(said.get("sign_in", {}), path)
    for name, value in said.get("matching", {}).items():
        if name not in MATCHING:
            raise BadConfiguration(f"{path}: unknown setting {name!r} under [matching]. Known: {', '.join(sorted(MATCHING))}.")
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise BadConfiguration(f"{path}: [matching] {name} is a whole number above 0.")
    for several in ("allowed_hosts", "witnessed", "signs_desk_key", "may_ask_inside"):
        if several in said:
            said[several] = tuple(said[several])
    _must_be_keys(said, path)
    for host in said.get("may_ask_inside", ()):
        if not isinstance(host, str) or not HOST.fullmatch(host):
            raise BadConfiguration(f"{path}: may_ask_inside: {host!r} is no host. It looks like witness.example.org or 10.0.0.7:8443.")
    found = Installation(home=where, deployment=deployment, **_only(Installation, said, path))
    try:
        rules.read(found.retention)
    except rules.RuleWrong as error:
        raise BadConfiguration(f"{path}: {error}") from error
    if found.takedown and not found.is_demo:
        raise BadConfiguration(f"{path}: [takedown] names hosts for the demo only. An installation asks the name servers: remove it.")
    return found


def guidance_folders(where: Path) -> tuple[Path, ...]:
    """The home's own editions and local rules of the guidance, if it has any: `guidance/`."""
    folder = where / "guidance"
    return (folder,) if folder.is_dir() and any(folder.glob("*.toml")) else ()


def hold_guidance(where: Path) -> None:
    """Let the engine answer by them. Raises BadConfiguration, with file and line of each problem."""
    if folders := guidance_folders(where):
        try:
            procedure.hold_also(*folders)
        except procedure.EditionRefused as refused:
            raise BadConfiguration(f"{folders[0]} cannot be used:\n{refused}") from refused


def _must_be_keys(said: dict[str, Any], path: Path) -> None:
    for name, kind in (("witnesses", proof.COSIGNS), ("witnessed", proof.SIGNS), ("signs_desk_key", proof.SIGNS)):
        found = said.get(name, {})
        for text in found.values() if isinstance(found, dict) else found:
            try:
                is_fit = proof.VerifierKey.read(text).kind == kind
            except proof.BadKey as error:
                raise BadConfiguration(f"{path}: {name}: {error}") from error
            if not is_fit:
                raise BadConfiguration(f"{path}: {name} has a key that is {'a ledger’s' if kind == proof.COSIGNS else 'a witness’s'}.")
    for address in said.get("witnesses", {}):
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadConfiguration(f"{path}: witnesses: {address!r} is no address. It looks like https://witness.example.org/")


def _check_sign_in(said: dict[str, str], path: Path) -> None:
    if not said:
        return
    if wrong := sorted(set(said) ^ SIGN_IN):
        verb = "unknown setting" if wrong[0] in said else "missing"
        raise BadConfiguration(f"{path}: [sign_in]: {verb} {wrong[0]!r}. It needs: {', '.join(sorted(SIGN_IN))}.")
    if not said["issuer"].startswith(("https://", "http://localhost", "http://127.0.0.1")):
        raise BadConfiguration(f"{path}: [sign_in] issuer must be an https address: whoever answers there lets people in.")


def translated() -> list[str]:
    """The languages that the public pages can be offered in."""
    return [SOURCE, *sorted(path.parents[1].name for path in TRANSLATED.glob("*/LC_MESSAGES/django.mo"))]


def reviewed_by(code: str) -> str:
    """Who has read a translation as somebody who speaks it and works with children; empty: nobody yet."""
    with (TRANSLATED / code / "LC_MESSAGES/django.mo").open("rb") as file:
        return GNUTranslations(file).info().get("x-reviewed-by", "")


def _deployment(said: dict[str, Any], path: Path) -> Deployment:
    languages = tuple(said.pop("languages", (SOURCE,)))
    if unknown := sorted(set(languages) - set(translated())):
        raise BadConfiguration(f"{path}: [deployment] languages has {unknown[0]!r}. There are: {', '.join(translated())}.")
    if SOURCE not in languages:
        raise BadConfiguration(f"{path}: [deployment] languages must have {SOURCE!r}: every page falls back on it.")
    words: dict[str, dict[str, str]] = {}
    for code in (code for code in languages if code != SOURCE):
        words[code] = said.pop(code, {})
        if missing := [name for name in MUST_BE_SAID if not words[code].get(name)]:
            raise BadConfiguration(f"{path}: languages offers {code!r}, but [deployment.{code}] does not say {missing[0]}.")
        if unknown := sorted(set(words[code]) - {*MUST_BE_SAID, *MAY_BE_SAID}):
            known = ", ".join((*MUST_BE_SAID, *MAY_BE_SAID))
            raise BadConfiguration(f"{path}: [deployment.{code}]: unknown setting {unknown[0]!r}. Known: {known}.")
    return Deployment(**_only(Deployment, said, path), languages=languages, in_other_words=words)


def _only(kind: type, said: dict[str, Any], path: Path) -> dict[str, Any]:
    known = {f.name for f in fields(kind)} - {"home", "deployment", "in_other_words"}
    if unknown := sorted(set(said) - known):
        raise BadConfiguration(f"{path}: unknown setting {unknown[0]!r}. Known: {', '.join(sorted(known))}.")
    return said
