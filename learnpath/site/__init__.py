"""The web pages: front page, console, API documentation and problem types."""
