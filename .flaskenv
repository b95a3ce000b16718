# Read by the `flask` command during development; what an operator sets goes into .env
FLASK_APP=wsgi.py
FLASK_RUN_PORT=8000
