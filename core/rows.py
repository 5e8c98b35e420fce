"""Rows as reading functions return them: the columns that were asked for, by name."""

from typing import Any, TypeAlias

from sqlalchemy import Row, Select

# Which columns a row or a statement has, its query decides at run time: no static type can say it.
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
