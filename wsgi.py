"""Where servers find the application: `gunicorn wsgi:app`, `flask run`."""

import sys

from dotenv import load_dotenv

from learnpath import create_app
from learnpath.config import PROJECT_ROOT, BadSetting

load_dotenv(PROJECT_ROOT / ".env")

try:
    app = create_app()
except BadSetting as wrong:
    sys.exit(f"learnpath cannot start. {wrong}")
