"""The units that are completed: described by staff, or reported by learners first."""
