"""Statements that are compiled once and then handed to the driver as they are.

For what is asked with every request. SQLAlchemy writes the statement, converts its values and
rows, keeps the connections and says what a driver's error means. Only its machinery for a
single execution is left out: that takes longer than driver and database together.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Converter = Callable[[Any], Any]


class Prepared:
    """A statement with a fixed text: no list that grows (`in_`), no default made in Python."""

    def __init__(self, statement: Any) -> None:
        """Take a SELECT, or what names all of its values; compile it when it is needed."""
        self.statement = statement
        self._compiled: dict[str, _Compiled] = {}  # by dialect

    def rows(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[Any]:
        """Execute it with `values` for its bind parameters; return its rows as named tuples.

        Raises ValueError for a statement that cannot be prepared, KeyError for a value that is
        missing, and what SQLAlchemy raises for an error of the driver.
        """
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self.statement, dialect)
        return compiled.rows(connection, values)


@dataclass(frozen=True, slots=True)
class Execution:
    """What those who listen to `do_execute` may ask of an execution."""

    root_connection: sa.Connection

    @property
    def execution_options(self) -> Mapping[str, Any]:
        """Return the options of the connection; a prepared statement has none of its own."""
        return self.root_connection.get_execution_options()


class _Compiled:
    """A statement in the words of one database, with all that it takes to run it."""

    def __init__(self, statement: Any, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        if compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch:
            raise ValueError(f"the text or the values of this statement vary: {compiled}")
        self.text = str(compiled)
        self.is_positional = compiled.positional
        self.names = compiled.positiontup or tuple(compiled.bind_names.values())
        self.constants: dict[str, Any] = {}
        self.writers: list[tuple[str, Converter]] = []  # from Python to the driver
        for parameter, name in compiled.bind_names.items():
            write = parameter.type.dialect_impl(dialect).bind_processor(dialect)
            if not parameter.required:
                self.constants[name] = write(parameter.value) if write else parameter.value
            elif write:
                self.writers.append((name, write))
        self.columns = tuple(getattr(statement, "exported_columns", ()))
        names = [column.key for column in self.columns]
        row: Any = namedtuple("Row", names)  # type: ignore[misc]
        self.row = row._make
        self.readers: list[tuple[int, Converter]] | None = None  # known after the first execution

    def rows(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[Any]:
        parameters = self._parameters(values)
        cursor = connection.connection.cursor()
        try:
            self._execute(connection, cursor, parameters)
            found = cursor.fetchall() if self.columns else []
        except connection.dialect.loaded_dbapi.Error as error:
            connection._handle_dbapi_exception(error, self.text, parameters, cursor, None)
        if self.readers is None:
            self.readers = self._readers(connection.dialect, cursor)
        return [self.row(self._read(row)) for row in found]

    def _parameters(self, values: Mapping[str, Any]) -> Any:
        given = {**self.constants, **values}
        for name, write in self.writers:
            given[name] = write(given[name])
        if self.is_positional:
            return [given[name] for name in self.names]
        return {name: given[name] for name in self.names}

    def _execute(self, connection: sa.Connection, cursor: Any, parameters: Any) -> None:
        execution = Execution(connection)
        for listener in connection.dialect.dispatch.do_execute:
            if listener(cursor, self.text, parameters, execution):
                return
        cursor.execute(self.text, parameters)

    def _readers(self, dialect: sa.Dialect, cursor: Any) -> list[tuple[int, Converter]]:
        readers = [
            column.type.dialect_impl(dialect).result_processor(dialect, told[1])
            for column, told in zip(self.columns, cursor.description or (), strict=True)
        ]
        return [(place, read) for place, read in enumerate(readers) if read]

    def _read(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for place, read in self.readers or ():
            values[place] = read(values[place])
        return values
