"""What the people announce to younger features, inside the transaction of the change."""

from blinker import Namespace

_signals = Namespace()

registered = _signals.signal("user-registered")  # user_id, email
email_confirmed = _signals.signal("user-email-confirmed")  # user_id, email
email_changed = _signals.signal("user-email-changed")  # email, former
password_changed = _signals.signal("user-password-changed")  # user_id, email, by
deactivated = _signals.signal("user-deactivated")  # user_id
leaving = _signals.signal("user-leaving")  # user_id, email
exporting = _signals.signal("user-exporting")  # user_id; answers: what a feature keeps of them
