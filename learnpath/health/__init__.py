"""What machines ask about a running process: does it live, is it ready, which version is it."""
