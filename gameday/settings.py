"""Settings, all of them from the environment; the defaults serve a bare machine."""

from datetime import timedelta
from pathlib import Path

import environ

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(env.str("GAMEDAY_STATE_DIR", default=str(BASE_DIR / ".state"))).resolve()

# Where a stop is written down that the database did not take; it must outlive the process.
SPOOL_DIR = Path(env.str("GAMEDAY_SPOOL_DIR", default=str(STATE_DIR / "spool"))).resolve()

# Tokens that halt everything while nobody can sign in: one `NAME SHA256` a line. None: no such way.
BREAK_GLASS_FILE = env.str("GAMEDAY_BREAK_GLASS_FILE", default="")

# Whether a halt is released by two people; else by one administrator.
RELEASE_TAKES_TWO = env.bool("GAMEDAY_RELEASE_TAKES_TWO", default=False)

DEBUG = env.bool("DJANGO_DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])


def _secret_key() -> str:
    """From the environment, else made once and kept in the state folder, readable by its owner only."""
    given = env.str("SECRET_KEY", default="")
    if given:
        return str(given)
    from gameday.secrets import kept_secret

    return kept_secret(STATE_DIR / "secret-key")


SECRET_KEY = _secret_key()


def _kept_credential_keys() -> list[str]:
    from gameday.secrets import fernet_key, kept_secret

    return kept_secret(STATE_DIR / "credential-keys", fernet_key).split()


# Fernet keys: the first seals credentials of clusters, each opens them. One a line in the state folder.
_GIVEN_KEYS = [key.strip() for key in env.list("GAMEDAY_SECRET_KEYS", default=[])]
CREDENTIAL_KEYS_ARE_GIVEN = bool(_GIVEN_KEYS)
CREDENTIAL_KEYS = _GIVEN_KEYS or _kept_credential_keys()

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "chaos",
    "chaos.journal",
    "gameday.web",
    "gameday.people",
    "gameday.plans",
    "gameday.approvals",
    "gameday.conduct",
    "gameday.debriefs",
    "gameday.home",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gameday.redirects.SeeOtherMiddleware",
    "gameday.access.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "gameday.urls"
ASGI_APPLICATION = "gameday.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["gameday.web.templatetags.web"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gameday.home.context.frame",
            ],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{STATE_DIR / 'gameday.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Read-then-write transactions of several processes: without IMMEDIATE they fail with "locked".
    # recursive_triggers: else INSERT OR REPLACE would slip past the journal's delete trigger.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA recursive_triggers=ON;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(STATE_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Hashed names, cached for good, where `collectstatic` is run before every start; else from the source.
_HASHED = env.bool("GAMEDAY_HASHED_STATIC", default=False)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _HASHED

LOGIN_URL = "people:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "people:sign-in"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Per account *and* address: nobody can lock somebody else out of a live day by guessing their password.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=5)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # five minutes, not five after the last try
AXES_CLIENT_IP_CALLABLE = "gameday.people.addresses.client_ip"
AXES_LOCKOUT_CALLABLE = "gameday.people.views.locked_out"
AXES_VERBOSE = False

# Behind TLS, as everywhere but on one's own machine. PLAIN_HTTP is for loopback alone.
PLAIN_HTTP = env.bool("GAMEDAY_PLAIN_HTTP", default=False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
BEHIND_PROXY = env.bool("GAMEDAY_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
if not PLAIN_HTTP:  # the name makes browsers refuse it from plain HTTP, subdomains and other paths
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_AGE = 12 * 3600  # a game day and its debrief
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "gameday.refusals.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

PASSWORD_RESET_TIMEOUT = 24 * 3600  # for the link that an administrator hands over
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:26379/0")

# A scenario at the size that a plan allows has more fields than Django reads by itself.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
