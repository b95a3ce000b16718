"""Private notes of learners about modules."""
