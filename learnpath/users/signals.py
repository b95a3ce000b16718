"""What the people announce to younger features, inside the transaction of the change."""

from blinker import Namespace

_signals = Namespace()

password_changed = _signals.signal("password-changed")
user_leaving = _signals.signal("user-leaving")
