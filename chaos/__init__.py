"""Does the service survive what happens to services? `make chaos` tries it, on loopback only."""
