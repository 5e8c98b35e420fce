"""The two hooks of an obligee plugin, and the marker that makes a function one of them."""

from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path

import pluggy

from denshi_hosho.rules.application import Application
from denshi_hosho.rules.decision import Reason
from denshi_hosho.rules.rulefile import Revision

PROJECT = "denshi_hosho"
ENTRY_POINT_GROUP = "denshi_hosho.rules"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class ObligeeHooks:
    """What a plugin may implement. `rule_files` is needed, `review` is optional."""

    @staticmethod
    @hookspec
    def rule_files() -> Iterable[Traversable | Path]:
        """Return the plugin's rule files, once at start, such as `(files(__name__) / "rules.toml",)`."""
        raise NotImplementedError

    @staticmethod
    @hookspec
    def review(application: Application, revision: Revision) -> Iterable[Reason]:
        """Return reasons to add to those of the table; pure, without clock or network.

        It is asked only for the plugin's own obligees, when `revision` is in force. A reason with `refuses`
        refuses, one with `unsettled` leaves the outcome open; nothing turns a refusal into an acceptance.
        """
        raise NotImplementedError
