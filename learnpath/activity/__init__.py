"""What a learner has done: day by day, in a row, and for the record."""
