"""A server that is cheap to kill: a nursery imports and builds everything once, then forks a process that serves.

`python -m tests.chaos.serving PORT` is the nursery. It reads one word a line (`start`, `kill`, `stop`) and answers each
with one line when it is done. When its input ends, it ends, and its child with it.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
import uvicorn

from denshi_hosho.cli.environment import settings
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema.app import build_app
from denshi_hosho.schema.log import configure

_HERE = Path(__file__).resolve().parents[2]


class Nursery:
    """The nursery as the harness sees it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def start(self) -> int:
        """Fork a server; return its process id. It may take some milliseconds until it answers."""
        return int(self._tell("start"))

    def kill(self) -> None:
        """Kill the server with SIGKILL; return when it is gone."""
        self._tell("kill")

    def stop(self) -> None:
        """Let the server end in order; return when it is gone."""
        self._tell("stop")

    def _tell(self, word: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise RuntimeError("the nursery has ended")
        return answer


@contextmanager
def nursery(environment: Mapping[str, str], port: int, log: Path) -> Iterator[Nursery]:
    """Give a nursery whose servers have the settings in `environment` and listen on `port`; logs are added to `log`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HOSHO_")}
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603  this very interpreter and module
            [sys.executable, "-m", "tests.chaos.serving", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=errors, text=True, env={**inherited, **environment}, cwd=_HERE,
        )  # fmt: skip
        try:
            yield Nursery(process)
        finally:
            process.communicate(timeout=30)


def _serve(app: object, port: int) -> None:
    """Serve in this forked process until it is told to stop."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application
        host="127.0.0.1", port=port, log_config=None, access_log=False, server_header=False, http="httptools",
        timeout_graceful_shutdown=5,
    )  # fmt: skip
    code = 1
    try:
        uvicorn.Server(config).run()
        code = 0
    finally:
        os._exit(code)


def _end(child: int, how: signal.Signals) -> None:
    if child:
        os.kill(child, how)
        os.waitpid(child, 0)


@click.command()
@click.argument("port", type=int)
def main(port: int) -> None:
    """Be the nursery."""
    configure(json=True)
    app = build_app(Platform.build(settings()))
    child = 0
    try:
        for word in iter(sys.stdin.readline, ""):
            if word.strip() == "start":
                child = os.fork()
                if not child:
                    _serve(app, port)
                click.echo(child)
            else:
                _end(child, signal.SIGKILL if word.strip() == "kill" else signal.SIGTERM)
                child = 0
                click.echo("gone")
            sys.stdout.flush()
    finally:
        _end(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
