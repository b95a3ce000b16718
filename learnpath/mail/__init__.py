"""Letters to people: queued in the database with the change that causes them, sent later."""
