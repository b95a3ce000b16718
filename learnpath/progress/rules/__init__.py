"""The rule book: pure functions over facts. Rule numbers are those of docs/rules.md."""
