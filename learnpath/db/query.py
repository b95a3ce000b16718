"""Statements that are compiled once per dialect and then passed straight to the driver's cursor.

For the statements of every request: SQLAlchemy's machinery for a single execution takes longer
than driver and database together. The statement, its types, the connection and the errors
remain SQLAlchemy's.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Processor = Callable[[Any], Any]


class Query:
    """A statement with a fixed text: no expanding list (`in_`), no default made in Python."""

    def __init__(self, statement: Any) -> None:
        """Take a SELECT, or a statement that names all of its values; compile it on first use."""
        self.statement = statement
        self._compiled: dict[str, _Compiled] = {}  # by dialect

    def rows(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[Any]:
        """Execute it with `values` for its bind parameters; return its rows as named tuples.

        Raises ValueError for a statement whose text is not fixed, KeyError for a missing value,
        and SQLAlchemy's exception for an error of the driver.
        """
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self.statement, dialect)
        return compiled.rows(connection, values)


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """The part of SQLAlchemy's execution context that our `do_execute` listeners read."""

    root_connection: sa.Connection

    @property
    def execution_options(self) -> Mapping[str, Any]:
        """Return the options of the connection; a Query has none of its own."""
        return self.root_connection.get_execution_options()


class _Compiled:
    """A statement compiled for one dialect, with the processors of its values and columns."""

    def __init__(self, statement: Any, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        if compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch:
            raise ValueError(f"the text or the values of this statement vary: {compiled}")
        self.text = str(compiled)
        self.is_positional = compiled.positional
        self.names = compiled.positiontup or tuple(compiled.bind_names.values())
        self.constants: dict[str, Any] = {}
        self.bind_processors: list[tuple[str, Processor]] = []
        for parameter, name in compiled.bind_names.items():
            process = parameter.type.dialect_impl(dialect).bind_processor(dialect)
            if not parameter.required:
                self.constants[name] = process(parameter.value) if process else parameter.value
            elif process:
                self.bind_processors.append((name, process))
        self.columns = tuple(getattr(statement, "exported_columns", ()))
        row: Any = namedtuple("Row", [column.key for column in self.columns])  # type: ignore[misc]
        self.make_row = row._make
        self.result_processors: list[tuple[int, Processor]] | None = None  # set by first execution

    def rows(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[Any]:
        parameters = self._parameters(values)
        cursor = connection.connection.cursor()
        try:
            self._execute(connection, cursor, parameters)
            rows = cursor.fetchall() if self.columns else []
        except connection.dialect.loaded_dbapi.Error as error:
            connection._handle_dbapi_exception(error, self.text, parameters, cursor, None)
        if self.result_processors is None:
            self.result_processors = self._result_processors(connection.dialect, cursor)
        return [self.make_row(self._process(row)) for row in rows]

    def _parameters(self, values: Mapping[str, Any]) -> Any:
        parameters = {**self.constants, **values}
        for name, process in self.bind_processors:
            parameters[name] = process(parameters[name])
        if self.is_positional:
            return [parameters[name] for name in self.names]
        return {name: parameters[name] for name in self.names}

    def _execute(self, connection: sa.Connection, cursor: Any, parameters: Any) -> None:
        context = ExecutionContext(connection)
        for listener in connection.dialect.dispatch.do_execute:
            if listener(cursor, self.text, parameters, context):
                return
        cursor.execute(self.text, parameters)

    def _result_processors(self, dialect: sa.Dialect, cursor: Any) -> list[tuple[int, Processor]]:
        processors = [
            column.type.dialect_impl(dialect).result_processor(dialect, description[1])
            for column, description in zip(self.columns, cursor.description or (), strict=True)
        ]
        return [(index, process) for index, process in enumerate(processors) if process]

    def _process(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for index, process in self.result_processors or ():
            values[index] = process(values[index])
        return values
