"""The doors to other machines."""
