"""What platforms send and get. Strict: what is not understood is refused by name, never dropped unseen."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Discriminator, Field, StrictBool, StrictInt, Tag

TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\uFFFE\uFFFF]*$"
ADDRESS = r"^https?://[^\x00-\x20\x7f\uFFFE\uFFFF/?#]+([/?#][^\x00-\x20\x7f\uFFFE\uFFFF]*)?$"


def _text_first(value: Any) -> Any:
    if value is not None and not isinstance(value, str):
        raise ValueError("Send this as text.")
    return value


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _whole_first(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value  # 80.0 is a whole number in JSON


Words = Annotated[str, Field(max_length=20_000, pattern=TEXT)]
Short = Annotated[str, Field(max_length=400, pattern=TEXT)]
Url = Annotated[str, Field(max_length=2_000, pattern=ADDRESS), BeforeValidator(_trimmed)]
Digest = Annotated[str, Field(pattern=r"^([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$"), BeforeValidator(_trimmed)]
Moment = Annotated[AwareDatetime, BeforeValidator(_text_first)]
Ip = Annotated[IPv4Address | IPv6Address, BeforeValidator(_text_first)]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class PictureHash(Strict):
    """A picture by its perceptual hash, and by its SHA-256 where you have it. Never the picture."""

    pdq: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$"), BeforeValidator(_trimmed)]
    quality: Annotated[StrictInt, Field(ge=0, le=100), BeforeValidator(_whole_first)] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$"), BeforeValidator(_trimmed)] | None = None


# Told apart by whether it is text; `problems` leaves these names out of what it calls a field.
Hash = Annotated[
    Annotated[Digest, Tag("(text)")] | Annotated[PictureHash, Tag("(object)")],
    Discriminator(lambda given: "(object)" if isinstance(given, dict | PictureHash) else "(text)"),
]


class SeenIpAddress(Strict):
    """An IP address; carrier-grade networks make it useless without port and exact time."""

    address: Ip
    port: Annotated[StrictInt, Field(ge=1, le=65535), BeforeValidator(_whole_first)] | None = None
    seen_at: Moment | None = None


class Reporter(Strict):
    """Whoever told the platform, if they agreed to be named."""

    name: Short = ""
    contact: Short = ""


class NewReport(Strict):
    """A report. Only `kind` is always needed, and `url` for a web page."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "anyOf": [
                {"required": ["url"], "properties": {"url": {"type": "string"}}},
                {"properties": {"kind": {"enum": ["contact", "conversation", "picture_of_me", "other"]}}},
            ],
            "examples": [{"kind": "web_page", "url": "https://page.example/room"}],
        },
    )

    kind: Literal["web_page", "contact", "conversation", "picture_of_me", "other"]
    url: Url | None = None
    narrative: Words = ""
    accounts: list[Short] = Field(default_factory=list, max_length=100, description="Account names as they are on your service.")
    ip_addresses: list[SeenIpAddress] = Field(default_factory=list, max_length=100)
    conversation: Annotated[str, Field(max_length=60_000, pattern=TEXT)] = ""
    hashes: list[Hash] = Field(
        default_factory=list,
        max_length=100,
        description="MD5, SHA-1 or SHA-256, hexadecimal; or an object with `pdq` (64 hexadecimal digits). Never the picture.",
    )
    danger_now: StrictBool | None = Field(None, description="Somebody is in danger right now. Call the emergency number as well.")
    priority: Literal["urgent", "normal"] | None = None
    account_suspended: StrictBool | None = None
    user_told: StrictBool | None = Field(None, description="Whether the person reported was told.")
    reporter: Reporter | None = None
    occurred_at: Moment | None = None

    def model_post_init(self, context: Any, /) -> None:
        if self.kind == "web_page" and not self.url:
            raise ValueError("url: give the address of the web page.")

    def answers(self, platform: str) -> dict[str, Any]:
        """In the shape of every report."""
        danger = {True: "now", False: "no", None: "unknown"}[self.danger_now]
        reporter = self.reporter or Reporter()
        return {
            "who": "platform",
            "kind": self.kind,
            "happened": self.narrative,
            "place": {
                "urls": [self.url] if self.url else [],
                "app": platform,
                "accounts": [account for account in self.accounts if account.strip()],
                "conversation": self.conversation,
            },
            "danger": danger,
            "reporter": {"name": reporter.name, "contact": reporter.contact},
            "platform": {
                "ip_addresses": [_plain(seen) for seen in self.ip_addresses],
                "hashes": [one for one in self.hashes if isinstance(one, str)],
                "pictures": [one.model_dump() for one in self.hashes if isinstance(one, PictureHash)],
                "priority": self.priority or "",
                "account_suspended": self.account_suspended,
                "user_told": self.user_told,
                "occurred_at": self.occurred_at.isoformat() if self.occurred_at else "",
            },
        }


class NewReports(Strict):
    """Several reports at once: all are stored, or none."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reports": [{"kind": "web_page", "url": "https://page.example/room"}]}]}
    )

    reports: list[NewReport] = Field(min_length=1, max_length=100)


class Supplement(Strict):
    """What is added to a report later: at least one field."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "minProperties": 1,
            "examples": [{"narrative": "The account came back under another name.", "accounts": ["riverwalk_78"]}],
        },
    )

    narrative: Annotated[str, Field(min_length=1, max_length=8_000, pattern=TEXT)] | None = None
    urls: list[Url] | None = Field(None, min_length=1, max_length=10)
    accounts: list[Annotated[str, Field(min_length=1, max_length=100, pattern=TEXT)]] | None = Field(None, min_length=1, max_length=10)
    ip_addresses: list[SeenIpAddress] | None = Field(None, min_length=1, max_length=10)
    hashes: list[Digest] | None = Field(None, min_length=1, max_length=10)

    def words(self) -> str:
        """As the analyst reads it, line by line."""
        lines = [self.narrative or ""]
        lines += [f"Address: {url}" for url in self.urls or []]
        lines += [f"Account: {account}" for account in self.accounts or []]
        lines += [f"IP address: {_said(seen)}" for seen in self.ip_addresses or []]
        lines += [f"Hash: {digest}" for digest in self.hashes or []]
        return "\n".join(line for line in lines if line.strip())


class Accepted(Schema):
    """The report is stored. It does not discharge any duty to report elsewhere."""

    reference: str = Field(examples=["HL-7K2M-94QD"])
    status_url: str
    discharges_s66: Literal[False] = Field(
        False, description="Always false: a report here does not discharge the duty of the Online Safety Act 2023, section 66."
    )


class AllAccepted(Schema):
    """All reports are stored, in the order in which they were sent."""

    reports: list[Accepted]


class ReportStatus(Schema):
    """How the report stands, as far as a platform may know."""

    reference: str
    received_at: datetime
    status: Literal["received", "more_needed", "leave_account_open", "closed"] = Field(
        description="`more_needed`: read `message` and send a supplement. `leave_account_open`: please leave this account open for now."
    )
    message: str = Field(description="What the hotline wrote last, or empty.")
    message_at: datetime | None


def _plain(seen: SeenIpAddress) -> dict[str, Any]:
    return {"address": str(seen.address), "port": seen.port, "seen_at": seen.seen_at.isoformat() if seen.seen_at else ""}


def _said(seen: SeenIpAddress) -> str:
    port = f", port {seen.port}" if seen.port else ""
    at = f", {seen.seen_at.isoformat()}" if seen.seen_at else ""
    return f"{seen.address}{port}{at}"
