"""The events of a learner: their history, and batches from offline clients."""
