"""What every field of one request has: the platform, who asks, from where, and loaders that read a list at once."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from strawberry import Info
from strawberry.dataloader import DataLoader

from denshi_hosho.core.devices import Caller
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.tokens import Actor
from denshi_hosho.resolvers import auditing, changing, reading
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import NOT_SIGNED_IN

# Resolvers return core objects: which of their attributes may leave the server, a field's `graphql_type` declares.
CoreObject: TypeAlias = Any


class Context:
    """One request's platform, actor (None: nobody is signed in), caller (signed in or not) and loaders."""

    def __init__(self, platform: Platform, actor: Actor | None, caller: Caller) -> None:
        """Prepare for one request; nothing is read yet."""
        self.platform = platform
        self.actor = actor
        self.caller = caller
        self._loaders: dict[str, DataLoader[int, CoreObject]] = {}

    @property
    def signed_in(self) -> Actor:
        """Return who asks. Raise `Refused` if nobody is signed in."""
        if self.actor is None:
            raise Refused(NOT_SIGNED_IN)
        return self.actor

    def loader(self, name: str, read: Callable[..., Awaitable[Sequence[CoreObject]]]) -> DataLoader[int, CoreObject]:
        """Return this request's loader `name`, which reads with `read(platform, actor, ids)`."""
        if name not in self._loaders:

            async def load(ids: list[int]) -> list[CoreObject]:
                return list(await read(self.platform, self.signed_in, ids))

            self._loaders[name] = DataLoader(load_fn=load)
        return self._loaders[name]

    def forget(self) -> None:
        """Drop the loaders with all that they have read: something was written since."""
        self._loaders.clear()

    @property
    def steps(self) -> DataLoader[int, CoreObject]:
        """Return the loader of applications' steps."""
        return self.loader("steps", reading.steps)

    @property
    def decisions(self) -> DataLoader[int, CoreObject]:
        """Return the loader of applications' decisions."""
        return self.loader("decisions", reading.decisions)

    @property
    def key_events(self) -> DataLoader[int, CoreObject]:
        """Return the loader of what happened around guarantees' keys."""
        return self.loader("key_events", reading.key_events)

    def guarantees(self, wanted: frozenset[str]) -> DataLoader[int, CoreObject]:
        """Return a loader of applications' guarantees with the columns in `wanted`."""
        return self.loader(f"guarantees {sorted(wanted)}", partial(reading.guarantees_of, wanted=wanted))

    @property
    def branches(self) -> DataLoader[int, CoreObject]:
        """Return the loader of sureties' branches, which everybody may see."""

        async def read(platform: Platform, ids: Sequence[int]) -> Sequence[CoreObject]:
            return await reading.branches(platform, ids)

        if "branches" not in self._loaders:
            self._loaders["branches"] = DataLoader(load_fn=partial(read, self.platform))
        return self._loaders["branches"]

    @property
    def log_proofs(self) -> DataLoader[int, CoreObject]:
        """Return the loader of log proofs, for guarantees whose certificate the asker is shown: signed in, or by its key."""

        async def read(platform: Platform, ids: list[int]) -> list[CoreObject]:
            return list(await auditing.log_proofs(platform, ids))

        if "log_proofs" not in self._loaders:
            self._loaders["log_proofs"] = DataLoader(load_fn=partial(read, self.platform))
        return self._loaders["log_proofs"]

    @property
    def versions(self) -> DataLoader[int, CoreObject]:
        """Return the loader of all versions of certificates that the asker is shown: signed in, or by their key."""

        async def read(platform: Platform, ids: list[int]) -> list[CoreObject]:
            return list(await changing.versions_of(platform, ids))

        if "versions" not in self._loaders:
            self._loaders["versions"] = DataLoader(load_fn=partial(read, self.platform))
        return self._loaders["versions"]

    def applications(self, wanted: frozenset[str]) -> DataLoader[int, CoreObject]:
        """Return a loader of applications with the columns in `wanted`."""
        return self.loader(f"applications {sorted(wanted)}", partial(reading.applications, wanted=wanted))


Request: TypeAlias = Info[Context, None]


def shown(graphql_object: object) -> CoreObject:
    """Return the core object that a GraphQL object shows: in a field's method `self` is not of the GraphQL class."""
    return graphql_object


def camel(name: str) -> str:
    """Return a Python field's name as the API spells it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
