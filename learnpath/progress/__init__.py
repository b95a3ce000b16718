"""The progress of learners."""
