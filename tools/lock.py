"""Compile every requirements*.txt from the direct dependencies in setup.cfg.

Run it with `make lock`; it needs uv, which is one of the development dependencies.
"""

import configparser
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Compiled from setup.cfg by `make lock`; do not edit.\n"


def compile_lock(target: str, requirements: str, *options: str) -> None:
    """Resolve `requirements` for every platform and write them with their hashes."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--universal"]
    command += ["--generate-hashes", "--no-header", "--no-emit-index-url", "--no-annotate"]
    command += ["--python-version", "3.11", *sys.argv[1:], *options]
    answer = subprocess.run(
        command, input=requirements, text=True, capture_output=True, check=False, cwd=ROOT
    )
    if answer.returncode:
        sys.exit(answer.stderr)
    (ROOT / target).write_text(HEADER + answer.stdout)


def main() -> None:
    """Write the locks; the development lock includes the runtime lock."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    runtime = setup["options"]["install_requires"]
    development = setup["options.extras_require"]["dev"]
    bench = setup["options.extras_require"]["bench"]
    compile_lock("requirements.txt", runtime)
    compile_lock("requirements-dev.txt", runtime + development, "--constraint", "requirements.txt")
    compile_lock("requirements-bench.txt", bench, "--constraint", "requirements-dev.txt")


main()
