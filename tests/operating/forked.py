"""What a forked process runs: the command `hosho`, in the place of what it was forked from."""

import os
import sys

from denshi_hosho.cli import main


def run(arguments: tuple[str, ...], environment: dict[str, str], log: str) -> None:
    """Run the command with exactly this environment; what it prints goes into the file `log`."""
    printed = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  this process's own, which its workers are given, too
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["hosho", *arguments]
    main()
