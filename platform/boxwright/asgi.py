"""The ASGI entry point of the web process. It must never import torch (a test looks)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boxwright.settings")
application = get_asgi_application()
