"""Fill an empty database with the bundled curriculum and, for a demonstration, with learners."""
