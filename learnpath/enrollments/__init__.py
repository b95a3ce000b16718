"""Who is enrolled in which path."""
