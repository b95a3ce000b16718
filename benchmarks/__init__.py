"""How fast the service is, and whether it stays whole: see README.md beside this file."""
