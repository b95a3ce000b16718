"""How far a learner has come."""
