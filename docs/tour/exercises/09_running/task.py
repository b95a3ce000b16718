"""Correct a .env file, so that the service starts with it in production."""

# Each of the four lines is wrong, and a fifth one is missing. Run the test and read its messages.
# docs/settings.md lists all settings.
ENV = """
ENVIRONMENT=prod
SECRET_KEY=changeme
DATABASE_URL=mysql://learnpath:secret@db/learnpath
PORT=eighty
"""
# Missing: there is one reverse proxy before the service.
