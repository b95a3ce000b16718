"""The activity of a learner: days, streaks and a transcript."""
