"""`make chaos`: inject faults under load, verify what was acknowledged, and print a table."""

from __future__ import annotations

import argparse
import platform
import signal
import sys
import time

from . import clocks, disks, kills, outages, restarts
from .report import HEAD

EXPERIMENTS = {
    "worker": kills.worker,
    "master": kills.master,
    "postgresql": kills.postgresql,
    "node": kills.node,
    "outage": outages.outage,
    "restart": restarts.restart,
    "slow": restarts.slow,
    "disk": disks.disk,
    "fsync": disks.fsync,
    "clock": clocks.clock,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--trials", type=int, default=20, help="of each kill (default: 20)")
    parser.add_argument("--only", nargs="*", choices=EXPERIMENTS, default=list(EXPERIMENTS))
    options = parser.parse_args()
    print(f"{platform.platform()}, Python {platform.python_version()}\n\n{HEAD}", flush=True)
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # so that all child processes are stopped too
    started = time.monotonic()
    broken = 0
    for name in options.only:
        for row in EXPERIMENTS[name](options.trials):
            print(row, flush=True)
            broken += row.is_kept is False
    print(f"\n{broken} promises broken; {(time.monotonic() - started) / 60:.1f} minutes")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
