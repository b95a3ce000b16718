"""Patterns and lengths of path slugs and module ids."""

PATH_SLUG_PATTERN = "[a-z0-9]+(?:-[a-z0-9]+)*"
PATH_SLUG_MAX = 80
MODULE_ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9._:-]{0,99}"
MODULE_ID_MAX = 100
RESERVED_MODULE_IDS = ("events",)  # a URL segment of the API: /progress/events
