"""Reports on a path: its figures and its learners."""
