"""What people note about modules, for themselves only."""
