"""All configuration, read once from the environment. `.env.example` lists every variable."""

import gc
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from boxwright import env, limits, secret_key
from boxwright.operations import preflight

# A thousand modules are imported from here on: looking through them again and again takes a tenth of a start.
# `boxwright.operations.apps` turns it on again.
gc.disable()

ROOT = Path(__file__).resolve().parents[2]
VAR = env.folder("BOXWRIGHT_VAR", ROOT / "var")

EMBEDDED = env.choice("BOXWRIGHT_MODE", "embedded", "production") == "embedded"
DEBUG = env.flag("BOXWRIGHT_DEBUG")
PORT = env.integer("BOXWRIGHT_PORT", 8000, minimum=1)
BIND = env.text("BOXWRIGHT_BIND", "127.0.0.1")
PUBLIC_URL = env.text("BOXWRIGHT_PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.names("BOXWRIGHT_HOSTS", "localhost,127.0.0.1,[::1],testserver" if EMBEDDED else "")
# Where nobody said what people type, a link begins with what its author typed.
LINKS_FOLLOW_REQUEST = EMBEDDED and not env.text("BOXWRIGHT_PUBLIC_URL")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]


def _embedded_secret() -> str:
    """One random key a folder, made at the first start."""
    file = VAR / "secret-key"
    if not file.exists():
        from django.core.management.utils import get_random_secret_key

        preflight.writable_folder(VAR)
        file.touch(mode=0o600)
        file.write_text(get_random_secret_key())
    preflight.keep_private(VAR, file)
    return file.read_text()


SECRET_KEY = env.text("BOXWRIGHT_SECRET_KEY") or (_embedded_secret() if EMBEDDED else "")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "boxwright.backups",
    "boxwright.storage",
    "boxwright.events",
    "boxwright.teams",
    "boxwright.projects",
    "annotations",
    "training",
    "boxwright.operations",  # the last to be ready
]

MIDDLEWARE = [
    "boxwright.health.HealthMiddleware",
    "boxwright.hosts.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "boxwright.compression.CompressionMiddleware",
    "boxwright.headers.headers",
    "boxwright.assets.AssetsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "boxwright.urls"
# Addresses and networks of the proxies in front of us: what they say of a client's address and scheme is believed.
PROXIES = env.networks("BOXWRIGHT_PROXIES")
ADMIN = env.flag("BOXWRIGHT_ADMIN")
ASGI_APPLICATION = "boxwright.asgi.application"
AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["boxwright.teams.login.Login"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": env.database("BOXWRIGHT_DATABASE_URL", VAR / "boxwright.sqlite3", limits.CONNECTIONS)}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = None if EMBEDDED else VAR / "static"
FRONTEND_DIST = env.folder("BOXWRIGHT_FRONTEND_DIST", ROOT / "frontend" / "dist")
WHITENOISE_USE_FINDERS = EMBEDDED
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[\w-]{8}\.\w+$"
WHITENOISE_ALLOW_ALL_ORIGINS = False

# objects ------------------------------------------------------------------------------------------------------------
S3_BUCKET = env.text("BOXWRIGHT_S3_BUCKET")
S3_ENDPOINT = env.text("BOXWRIGHT_S3_ENDPOINT")
# Browsers may reach the bucket under another address than we do: links are signed for this one.
S3_PUBLIC_ENDPOINT = env.text("BOXWRIGHT_S3_PUBLIC_ENDPOINT") or S3_ENDPOINT
S3_REGION = env.text("BOXWRIGHT_S3_REGION", "us-east-1")
S3_ACCESS_KEY = env.text("BOXWRIGHT_S3_ACCESS_KEY")
S3_SECRET_KEY = env.text("BOXWRIGHT_S3_SECRET_KEY")
IMPORT_BUCKETS = env.buckets("BOXWRIGHT_IMPORT_BUCKETS", own=S3_BUCKET)
if S3_BUCKET or IMPORT_BUCKETS:
    from botocore.config import Config

    S3_CONFIG = Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual" if env.flag("BOXWRIGHT_S3_VIRTUAL_HOSTS") else "path"},
        connect_timeout=5,
        read_timeout=60,
        retries={"max_attempts": 3, "mode": "standard"},
        # Other stores than Amazon's do not know its newest checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
if IMPORT_BUCKETS:
    IMPORT_S3: dict[str, Any] = {
        "endpoint_url": env.text("BOXWRIGHT_IMPORT_S3_ENDPOINT") or S3_ENDPOINT or None,
        "region_name": S3_REGION,
        "aws_access_key_id": env.text("BOXWRIGHT_IMPORT_S3_ACCESS_KEY") or S3_ACCESS_KEY or None,
        "aws_secret_access_key": env.text("BOXWRIGHT_IMPORT_S3_SECRET_KEY") or S3_SECRET_KEY or None,
        "config": S3_CONFIG,
    }
if S3_BUCKET:

    def _bucket(endpoint: str) -> dict[str, Any]:
        return {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET,
                "endpoint_url": endpoint or None,
                "region_name": S3_REGION,
                "access_key": S3_ACCESS_KEY or None,
                "secret_key": S3_SECRET_KEY or None,
                "client_config": S3_CONFIG,
                "file_overwrite": True,
                "default_acl": None,
            },
        }

    STORAGES: dict[str, dict[str, Any]] = {"objects": _bucket(S3_ENDPOINT), "links": _bucket(S3_PUBLIC_ENDPOINT)}
else:
    STORAGES = {
        "objects": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": VAR / "objects", "allow_overwrite": True},
        }
    }
STORAGES |= {
    "default": STORAGES["objects"],
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# bodies on their way in, and what else the web process keeps for a moment ---------------------------------------------
SPOOL_FOLDER = env.folder("BOXWRIGHT_SPOOL", VAR / "spool")

# queue --------------------------------------------------------------------------------------------------------------
BROKER_URL = env.text("BOXWRIGHT_BROKER_URL")
QUEUE_FOLDER = VAR / "queue"

# training -----------------------------------------------------------------------------------------------------------
WEIGHTS_DIR = env.optional_folder("BOXWRIGHT_WEIGHTS_DIR")
SCRATCH_DIR = env.folder("BOXWRIGHT_SCRATCH", VAR / "scratch")
HEARTBEAT_SECONDS = env.integer("BOXWRIGHT_HEARTBEAT_SECONDS", 2, minimum=1)
LOST_AFTER_SECONDS = env.integer("BOXWRIGHT_LOST_AFTER_SECONDS", 15, minimum=2)

# limits: their values are in boxwright.limits -------------------------------------------------------------------------
DATA_UPLOAD_MAX_NUMBER_FILES = limits.FILES_A_REQUEST
DATA_UPLOAD_MAX_MEMORY_SIZE = limits.JSON_BYTES
FILE_UPLOAD_HANDLERS = ["boxwright.api.received_files.ReceivedFiles"]

# mail: links are shown on the page where no SMTP server is set ------------------------------------------------------
EMAIL_HOST = env.text("BOXWRIGHT_SMTP_HOST")
EMAIL_PORT = env.integer("BOXWRIGHT_SMTP_PORT", 587)
EMAIL_HOST_USER = env.text("BOXWRIGHT_SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("BOXWRIGHT_SMTP_PASSWORD")
EMAIL_USE_TLS = env.flag("BOXWRIGHT_SMTP_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("BOXWRIGHT_MAIL_FROM", "boxwright@localhost")
MAIL_ENABLED = bool(EMAIL_HOST)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "boxwright.api.auth.TokenAuthentication",
        "boxwright.api.auth.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["boxwright.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "boxwright.api.schema.Schema",
    "EXCEPTION_HANDLER": "boxwright.api.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# What each kind of event says that is no job's: a kind of job names its own.
EVENTS = {
    "image": "annotations.api.labeling.ImageEventSerializer",
    "counts": "boxwright.projects.api.projects.CountsSerializer",
    "labels": "boxwright.projects.api.labels.LabelsEventSerializer",
    "claim": "annotations.api.queue.ClaimEventSerializer",
    "assigned": "annotations.api.bulk.AssignedEventSerializer",
    "presence": "annotations.api.presence.PresenceEventSerializer",
    "deleted": "annotations.api.trash.DeletedEventSerializer",
    "sweep": "training.api.sweeps.SweepSerializer",
    "metrics": "training.api.run_progress.MetricsEventSerializer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Boxwright",
    "VERSION": "1",
    "DESCRIPTION": "From a pile of images to a model on a phone, in a browser or on a Jetson.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["boxwright.projects.api.event_schema.add_events"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TaskEnum": "boxwright.projects.models.TaskKind",
        "OptimizerEnum": "training.api.config.OPTIMIZERS",
    },
}

# safety -------------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "boxwright.teams.sessions"
SESSION_COOKIE_AGE = limits.SESSION_DAYS * 86400
X_FRAME_OPTIONS = "DENY"
_https = PUBLIC_URL.startswith("https://")
_local = urlsplit(PUBLIC_URL).hostname in {"localhost", "127.0.0.1"}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
if _https:
    # A browser takes a cookie of this prefix only over TLS, from this very host: no sibling host can set ours.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
HSTS_SUBDOMAINS = env.flag("BOXWRIGHT_HSTS_SUBDOMAINS")
if not EMBEDDED:
    SECURE_SSL_REDIRECT = _https
    SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
    SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS_SUBDOMAINS
    # To preload a domain, and unless it is set its subdomains, is for its owner to decide: it can't be taken back.
    SILENCED_SYSTEM_CHECKS = ["security.W021", *([] if HSTS_SUBDOMAINS else ["security.W005"])]
    unsafe = {
        "BOXWRIGHT_SECRET_KEY": secret_key.weakness(SECRET_KEY),
        "BOXWRIGHT_DEBUG": DEBUG and "must be off",
        "BOXWRIGHT_HOSTS": (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS) and "name the hosts, without wildcard",
        "BOXWRIGHT_PROXIES": _https and not PROXIES and "name the addresses of the proxy that speaks TLS",
        "BOXWRIGHT_PUBLIC_URL": not (_https or _local) and "set the https:// address that people open",
        "BOXWRIGHT_DATABASE_URL": "sqlite" in str(DATABASES["default"]["ENGINE"]) and "set a PostgreSQL URL",
        "BOXWRIGHT_BROKER_URL": not BROKER_URL and "set a RabbitMQ or Redis URL",
        "BOXWRIGHT_S3_BUCKET": not S3_BUCKET and "set a bucket",
    }
    problems = [f"{name}: {reason}" for name, reason in unsafe.items() if reason]
    if problems:
        raise ImproperlyConfigured("Unsafe in production. " + "; ".join(problems))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("BOXWRIGHT_LOG_LEVEL", "INFO")},
}
