"""The WSGI application of one role (`HAVENLINE_ROLE`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havenline.site.settings")
application = get_wsgi_application()
