"""Settings of one process. `HAVENLINE_ROLE` says which: public, desk, api, worker, or all (tests, command line)."""

import os
import secrets
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO

from havenline.foundation.sealing import given
from havenline.site import installation

INSTALLATION = installation.load()
installation.hold_guidance(INSTALLATION.home)
DEPLOYMENT = INSTALLATION.deployment
HOME = INSTALLATION.home
ROLE = INSTALLATION.role or os.environ.get("HAVENLINE_ROLE", "all")
KEYS = HOME / "keys"
HOLDS_DESK_KEY = ROLE not in {"public", "api", "match"}  # trust boundary: what strangers talk to cannot read what reporters wrote
HOLDS_INSTEAD = "api" if ROLE == "api" else ""  # it opens what hosts and platforms are told, by a pair of its own
HOLDS_RECEIPT_KEY = ROLE in {"receipts", "worker", "all"}  # who else wants to know whose a receipt is asks the process of that role
RECEIPTS_AT = INSTALLATION.receipts_at or str(HOME / "run" / "receipts.sock")
WRAPS_FOR_PARTIES = ROLE not in {"public", "api", "match"}  # what arrives there is wrapped to the desk alone, until the worker opens it
READS_REPORTS = ROLE != "match"  # what in reports rests on a list's entry is the worker's to find, where a key withdraws it
LEDGER_APPENDS = ROLE in {"desk", "all"}  # a desk’s page names its entry’s place in the chain; all else the worker’s appender chains
# Whom PostgreSQL's second lock lets past: the worker, the command line and machines with a key act for the installation. At the desk
# somebody acts (people.acting), and nobody's connection is shown no case; the public process has a role of its own (site.row_security).
SEES_EVERYTHING = ROLE not in {"desk", "public"}
DEBUG = False


def _secret(name: str) -> str:
    path, held = KEYS / f"{name}.secret", given.keys()
    found = held.get(path.name) if held is not None else path.read_bytes() if path.exists() else None
    # Where it is missing, one that nobody knows: `doctor` says so, and what it signs is believed by this process alone.
    return found.decode() if found is not None else secrets.token_urlsafe(50)


SECRET_KEY = _secret(
    {"public": "public", "api": "api", "match": "match"}.get(ROLE, "desk")
)  # the API and matching sign nothing: they have none
ALLOWED_HOSTS = list(INSTALLATION.allowed_hosts)
ROOT_URLCONF = f"havenline.site.urls.{ROLE if ROLE in {'public', 'desk', 'api', 'receipts'} else 'all'}"
WSGI_APPLICATION = "havenline.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "havenline.foundation.ledger",
    "havenline.foundation.sealing",
    "havenline.foundation.people",
    "havenline.foundation.records",
    "havenline.foundation.identifiers",
    "havenline.foundation.clocks",
    "havenline.foundation.work",
    "havenline.foundation.post",
    "havenline.foundation.sharing",
    "havenline.foundation.handover",
    "havenline.foundation.lists",
    "havenline.foundation.lists.exchange",
    "havenline.foundation.recognition",
    "havenline.foundation.search",
    "havenline.foundation.retention",
    "havenline.foundation.accountability",
    "havenline.journey.intake",
    "havenline.journey.triage",
    "havenline.journey.takedown",
    "havenline.journey.investigation",
    "havenline.journey.safeguarding",
    "havenline.journey.prevention",
    "havenline.journey.statistics",
    "havenline.site",
    # After our own: templates of the same name are ours.
    "django.forms",
    *(
        []
        if ROLE in {"public", "api", "receipts", "match"}
        else ["allauth", "allauth.account", "allauth.mfa", "allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
    ),  # nobody signs in there
]

_FOR_EVERYONE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "havenline.site.middleware.headers",
    "havenline.site.middleware.language",
]
_FOR_THE_DESK = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "havenline.foundation.people.sessions.Sessions",
    "havenline.foundation.people.middleware.acting",
    "havenline.site.middleware.no_pictures",
]
_FOR_THE_PUBLIC = ["django.middleware.common.CommonMiddleware"]
MIDDLEWARE = _FOR_EVERYONE + (_FOR_THE_PUBLIC if ROLE in {"public", "api", "receipts", "match"} else _FOR_THE_DESK)
if ROLE in {"receipts", "match"}:  # only our own public process asks it; and what matches is no Django page
    MIDDLEWARE = []

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "havenline.site.context.installation",
                *(
                    []
                    if ROLE in {"public", "api", "receipts", "match"}
                    else [
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                        "havenline.site.context.desk",
                    ]
                ),
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def single_sign_on(said: dict[str, str]) -> dict[str, Any]:
    """An agency's own provider, as django-allauth wants to be told of it."""
    if not said:
        return {}
    about = {"server_url": said["issuer"], "oauth_pkce_enabled": True}
    named = {"provider_id": "agency", "name": said["name"], "client_id": said["client_id"], "secret": said["client_secret"]}
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{**named, "settings": about}]}}


def _database() -> dict[str, Any]:
    """SQLite in the home, set for real use; or PostgreSQL by DATABASE_URL (each role has a user of its own)."""
    of_role = {
        "public": INSTALLATION.public_database_url,
        "api": INSTALLATION.api_database_url,
        "match": INSTALLATION.match_database_url,
    }.get(ROLE, "")
    url = os.environ.get(f"DATABASE_URL_{ROLE.upper()}") or of_role or INSTALLATION.database_url or os.environ.get("DATABASE_URL")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "havenline.sqlite3",
            # Kept open by each thread: whoever closes the last one writes the whole log into the file and waits for the disk.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; PRAGMA secure_delete=ON;",
            },
        }
    parts = urlsplit(url)
    of_libpq = dict(parse_qsl(parts.query))  # sslmode=verify-full, sslrootcert=…: what the URL asks for is never dropped
    if SEES_EVERYTHING:
        of_libpq["options"] = f"{of_libpq.get('options', '')} -c havenline.acting=all".strip()
    # A database that is back is found within seconds: the pool's own pauses double for five minutes, and would outlast it by as long again.
    pool = (
        {"pool": {"min_size": 1, "max_size": 8, "timeout": 10, "reconnect_timeout": 8}}
        if ROLE in {"public", "desk", "api", "receipts", "match"}
        else {}
    )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": bool(pool),  # a line that the database cut is found before a request is told of it
        "OPTIONS": {**of_libpq, **pool},
    }


DATABASES = {"default": _database()}
# Of each platform's keys: look-ups a second, and as many more at once where it was quiet before.
MATCHING = {"lookups_a_second": 20_000, "most_at_once": 100_000, **INSTALLATION.matching}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "havenline.foundation.people.passwords.NotOfThisPlace"},
]
ACCOUNT_ADAPTER = "havenline.foundation.people.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # ours counts in the database, for every process at once: people.actions
MFA_ADAPTER = "havenline.foundation.people.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are the administrator's to give; nobody signs up
MFA_RATE_LIMITS = False  # a passkey cannot be guessed; codes are counted with passwords
SECOND_FACTOR_REQUIRED = INSTALLATION.kind == "installation"  # the demo is content with a password, and says so
SOCIALACCOUNT_ADAPTER = "havenline.foundation.people.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # our form may lead nowhere else (form-action), a link may; what comes back is tied to the session
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_PROVIDERS = single_sign_on(INSTALLATION.sign_in)
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"

_https = INSTALLATION.base_url.startswith("https://")
_host_only = "__Host-" if _https else ""  # a browser takes such a name from this host alone, and over TLS
SESSION_COOKIE_NAME = f"{_host_only}desk"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 24 * 60 * 60  # longer than any role's session (people.limits), so that its end can be told
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = f"{_host_only}desk_form"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
# Whether a request is secure says base_url (wsgi.py), never a header: those can be written by whoever asks.
SECURE_REFERRER_POLICY = "no-referrer" if ROLE == "public" else "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [INSTALLATION.base_url]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "worker-src": [SELF],  # the sum of a flood is done beside the page
        "manifest-src": [SELF],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
FILE_UPLOAD_HANDLERS = ["havenline.site.middleware.RefuseFiles"]  # no picture is ever written, nor held for a moment on disk

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": os.environ.get("HAVENLINE_STATIC", "whitenoise.storage.CompressedManifestStaticFilesStorage")},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
if WHITENOISE_USE_FINDERS:
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

LANGUAGE_CODE = "en-gb"
# What the public pages are offered in, each by its own name. The address says which: /report/, /ar/report/.
LANGUAGES = [(LANGUAGE_CODE if code == installation.SOURCE else code, LANG_INFO[code]["name_local"]) for code in DEPLOYMENT.languages]
LOCALE_PATHS = [installation.CHECKOUT / "src/havenline/site/locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

_mail = INSTALLATION.mail
EMAIL_HOST = os.environ.get("HAVENLINE_MAIL_HOST", _mail.get("host", "127.0.0.1"))
EMAIL_PORT = int(os.environ.get("HAVENLINE_MAIL_PORT", _mail.get("port", 25)))
EMAIL_HOST_USER = _mail.get("user", "")
EMAIL_HOST_PASSWORD = _mail.get("password", "")
EMAIL_USE_TLS = bool(_mail.get("tls", False))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _mail.get("from", "messages@havenline.example")

# Where names of hosts point: None asks the name servers. The demo, and whatever is not set up, ask nobody and know these alone.
HOST_NAMES: dict[str, str] | None = INSTALLATION.takedown.get("names", {}) if INSTALLATION.kind != "installation" else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "havenline.site.logs.WithoutLinks", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"havenline": {"level": "INFO"}},
}
