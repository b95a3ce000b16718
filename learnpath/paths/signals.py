"""Signals of paths, sent inside the transaction of the change."""

from blinker import Namespace

_signals = Namespace()

requirements_changed = _signals.signal("path-requirements-changed")  # path
