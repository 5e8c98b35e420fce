"""One error tree: an exception means "could not answer", `Refused` means "understood, and refused, with reasons"."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace


class HoshoError(Exception):
    """The platform could not answer. `code` is stable; `ja` and `en` say what happened and what to do."""

    code = "INTERNAL"

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(f"{self.code}: {en}")
        self.ja = ja
        self.en = en


class SettingsError(HoshoError):
    """A setting is missing, unknown or malformed."""

    code = "SETTINGS"


class TokenInvalid(HoshoError):
    """A token is expired, forged, of another type, or not ours."""

    code = "TOKEN_INVALID"


class DatabaseUnavailable(HoshoError):
    """The database does not answer now; nothing of the transaction was written, or, if it broke in committing, all.

    `retry_after` is when to try again, in seconds.
    """

    retry_after = 5


class DatabaseUnreachable(DatabaseUnavailable):
    """The database does not answer, or may not be opened."""

    code = "DATABASE_UNREACHABLE"


class DatabaseBusy(DatabaseUnavailable):
    """The database answers, but others hold what the request needs for longer than it waits."""

    code = "DATABASE_BUSY"
    retry_after = 1


class SealBroken(HoshoError):
    """A stored access key cannot be opened: it was altered, moved to another row, or its secret is gone."""

    code = "SEAL_BROKEN"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for which a request is refused.

    `code` is stable (docs/errors.md), `ja` and `en` say what to do. `path` names the input field it is about, in
    snake case, outermost first; empty when it is about no field. `sources` are links to where the rule is published.
    """

    code: str
    ja: str
    en: str
    path: tuple[str, ...] = ()
    sources: tuple[object, ...] = ()


class Refused(Exception):
    """The request was understood and is refused; raised inside a transaction it takes back all that was written.

    `retry_after`: after how many seconds it may be tried again; None where waiting does not help. `work`: the proof of
    work that is asked for.
    """

    def __init__(
        self, *refusals: Refusal, decision: object = None, retry_after: int | None = None, work: object = None
    ) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals
        self.decision = decision
        self.retry_after = retry_after
        self.work = work

    def moved(self, refusals: Iterable[Refusal]) -> "Refused":
        """Return the same refusal with other paths."""
        return Refused(*refusals, decision=self.decision, retry_after=self.retry_after, work=self.work)


@contextmanager
def under(*prefix: str) -> Iterator[None]:
    """Put `prefix` before the path of every refusal that is raised inside: where the checked record stands in the input."""
    try:
        yield
    except Refused as refused:
        moved = (replace(each, path=prefix + each.path) for each in refused.refusals)
        raise refused.moved(moved) from refused


@contextmanager
def at(*path: str) -> Iterator[None]:
    """Give every refusal that is raised inside this `path`: what it is about came from elsewhere than the input."""
    try:
        yield
    except Refused as refused:
        moved = (replace(each, path=path) for each in refused.refusals)
        raise refused.moved(moved) from refused
