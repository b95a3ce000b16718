"""Fault injection: `make chaos` kills, restarts and overloads the service, on loopback only."""
