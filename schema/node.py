"""Objects with a global id, and how an object that a resolver returned is told from one of another type."""

from collections.abc import Callable
from typing import Any

import strawberry

from denshi_hosho.schema.context import CoreObject, Request, shown
from denshi_hosho.schema.ids import global_id
from denshi_hosho.schema.selection import needs


@strawberry.interface(description="An object with a global id, by which `node` finds it again.")
class Node:
    @strawberry.field(description="Global id.", metadata=needs("id"))
    def id(self, info: Request) -> strawberry.ID:
        typename = info._raw_info.parent_type.name
        return strawberry.ID(global_id(typename, shown(self).id))


class Loaded:
    """A core object together with the name of the GraphQL type that shows it."""

    def __init__(self, typename: str, source: CoreObject) -> None:
        self._typename = typename
        self._source = source

    def __getattr__(self, name: str) -> CoreObject:
        """Return the core object's attribute."""
        return getattr(self._source, name)


def shows(typename: str) -> Callable[[Any, Any], bool]:
    """Return the test whether `typename` shows an object: any core object, unless it was loaded for another type."""

    def is_type_of(source: CoreObject, _info: Any) -> bool:
        return not isinstance(source, Loaded) or source._typename == typename  # noqa: SLF001  its own module

    return is_type_of
