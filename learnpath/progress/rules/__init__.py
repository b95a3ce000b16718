"""The rule book: pure functions. The rule numbers are those of docs/rules.md."""
