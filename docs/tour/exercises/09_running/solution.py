"""One possible solution."""

ENV = """
ENVIRONMENT=production
SECRET_KEY=9f6b1c0d8e7a4f2395d1b6c3a0e8f7d2
DATABASE_URL=postgresql://learnpath:secret@db/learnpath
PORT=8080
TRUSTED_PROXIES=1
"""
