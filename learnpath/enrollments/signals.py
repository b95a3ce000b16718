"""Signals of enrollments, sent inside the transaction of the change (rule 12)."""

from blinker import Namespace

_signals = Namespace()

enrolled = _signals.signal("enrolled")  # enrollment_id, user_id, path
withdrawn = _signals.signal("withdrawn")  # enrollment_id, user_id, path
path_completed = _signals.signal("path-completed")  # enrollment_id, user_id, path
