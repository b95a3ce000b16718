"""Signals of modules, sent inside the transaction of the change."""

from blinker import Namespace

_signals = Namespace()

publication_changed = _signals.signal("module-publication-changed")  # module
