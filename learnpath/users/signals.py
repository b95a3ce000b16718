"""Signals that younger features listen to, sent inside the transaction of the change."""

from blinker import Namespace

_signals = Namespace()

registered = _signals.signal("user-registered")  # user_id, email
email_confirmed = _signals.signal("user-email-confirmed")  # user_id, email
email_changed = _signals.signal("user-email-changed")  # email, former
password_changed = _signals.signal("user-password-changed")  # user_id, email, by
deactivated = _signals.signal("user-deactivated")  # user_id
deleting = _signals.signal("user-deleting")  # user_id, email
export_requested = _signals.signal("user-export-requested")  # user_id; returns the feature's part
