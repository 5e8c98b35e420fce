"""How processes end: the first signal lets running work finish within a bounded time, a second one ends at once."""

import os
import signal
import sys
import threading
import time
from types import FrameType

import uvicorn
from uvicorn.supervisors import Multiprocess

from denshi_hosho.core.database import WAIT_SECONDS
from denshi_hosho.resolvers.mailing import LAST_MAIL_SECONDS

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LOOK_SECONDS = 0.1


def at_most(shutdown_seconds: int) -> int:
    """Return how many seconds a process may take to end: for its requests, its last mail, its last transaction."""
    return shutdown_seconds + LAST_MAIL_SECONDS + WAIT_SECONDS


def end_within(seconds: float) -> None:
    """End this process with exit code 1 if it is still there after so many seconds: something in it hangs."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()


class Stopping:
    """Answers signals: the first one asks to stop (`asked`), and starts the clock; a second one ends the process."""

    def __init__(self, seconds: float) -> None:
        self.asked = False
        self._seconds = seconds

    def signal(self) -> None:
        """Take one signal."""
        if self.asked:
            os._exit(1)
        self.asked = True
        end_within(self._seconds)


class Server(uvicorn.Server):
    """One process that serves. It ends with exit code 0 when it was told to: a signal is no failure."""

    def __init__(self, config: uvicorn.Config, seconds: float) -> None:
        super().__init__(config)
        self._stopping = Stopping(seconds)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  uvicorn's signature
        """Stop, and do not raise the signal again afterwards as uvicorn would."""
        self._stopping.signal()
        self.should_exit = True


class Workers(Multiprocess):
    """Several processes that serve one port. Those that end unasked are replaced; SIGHUP replaces one after the other."""

    def __init__(self, config: uvicorn.Config, seconds: float) -> None:
        self._seconds = seconds
        super().__init__(config, [config.bind_socket()])

    def join_all(self) -> None:
        """Wait for the workers that were told to stop; those that take too long are killed, all at a second signal."""
        deadline = time.monotonic() + self._seconds
        running = [worker.process for worker in self.processes]
        self.signal_queue.clear()
        while running and not self.signal_queue and time.monotonic() < deadline:
            running[0].join(_LOOK_SECONDS)
            running = [process for process in running if process.is_alive()]
        for process in running:
            process.kill()
            process.join()
        if running:
            sys.exit(1)
