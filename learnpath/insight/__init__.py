"""How a path goes, for the people who look after it."""
