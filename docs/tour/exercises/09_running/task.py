"""Mend a .env file until the service would start with it in production."""

# Each of the four lines is wrong, and a fifth is missing. The service says so itself: run the
# test and read its sentences. README.md has the table of settings.
ENV = """
ENVIRONMENT=prod
SECRET_KEY=changeme
DATABASE_URL=mysql://learnpath:secret@db/learnpath
PORT=eighty
"""
# Missing: one reverse proxy stands in front of the service.
