"""Signals of progress, sent once, inside the transaction of the change (rule 12)."""

from blinker import Namespace

_signals = Namespace()

module_completed = _signals.signal("module-completed")  # user_id, module
module_uncompleted = _signals.signal("module-uncompleted")  # user_id, module
