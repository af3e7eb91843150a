"""Django's settings, made of the portal's configuration."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from .configuration import read_configuration

HERE = Path(__file__).parent
CONFIGURATION = read_configuration(os.environ)

SECRET_KEY = CONFIGURATION.secret_key
DEBUG = False
DATABASES = {"default": CONFIGURATION.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "lucide",
    "tc_portal.accounts",
    "tc_portal.jobs",
    "tc_portal.alerts",
    "tc_portal.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tc_portal.accounts.language.PreferredLanguageMiddleware",
    "tc_portal.accounts.login_required.PageLoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "tc_portal.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            # Ours before allauth's: the account pages wear the portal's shell.
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        (
                            "django.template.loaders.filesystem.Loader",
                            [HERE / "web" / "templates"],
                        ),
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tc_portal.web.shell.shell",
            ],
        },
    }
]

_public = urlsplit(CONFIGURATION.public_url)
# Without a public address any name will do: people reach a new portal by IP address or computer name.
# Links in mails are made from the public address only, never from a request's Host header.
ALLOWED_HOSTS = [_public.hostname, "localhost", "127.0.0.1", "[::1]"] if _public.hostname else ["*"]
CSRF_TRUSTED_ORIGINS = [CONFIGURATION.public_url] if CONFIGURATION.public_url else []

_behind_tls = _public.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _behind_tls
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if _behind_tls else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/incidents"
ACCOUNT_ADAPTER = "tc_portal.accounts.adapter.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[TC Portal] "

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

if CONFIGURATION.mail:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = CONFIGURATION.mail.host
    EMAIL_PORT = CONFIGURATION.mail.port
    EMAIL_HOST_USER = CONFIGURATION.mail.user
    EMAIL_HOST_PASSWORD = CONFIGURATION.mail.password
    EMAIL_USE_SSL = CONFIGURATION.mail.use_tls
    EMAIL_USE_TLS = CONFIGURATION.mail.use_starttls
    EMAIL_TIMEOUT = 15
    DEFAULT_FROM_EMAIL = CONFIGURATION.mail.sender
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [HERE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = CONFIGURATION.time_zone

# The preview of an import has some five fields a task, and its tasks themselves in one of them.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000

STATIC_URL = "/static/"
STATIC_ROOT = CONFIGURATION.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"one_line": {"()": "tc_portal.terminal.OneLine"}},
    "handlers": {
        "nowhere": {"class": "logging.NullHandler"},
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "stderr_one_line": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["one_line"]},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "tc_portal": {"level": "INFO"},
        # It tells of every step of a broken connection; whoever needed it tells that it broke.
        "psycopg": {"level": "ERROR"},
        # They quote addresses, and some of those are keys; what matters in what they tell is kept with the delivery.
        "apprise": {"level": "DEBUG", "propagate": False, "handlers": ["nowhere"]},
        "urllib3": {"level": "CRITICAL"},
        "django.request": {"level": "ERROR"},
        # Anybody can send any Host header: that is worth a line each, not a traceback.
        "django.security": {"handlers": ["stderr_one_line"], "propagate": False},
    },
}

PORTAL_NAME = _("TC Portal job monitor")
