"""The pages that people open: front page, API documentation, explanations of problems."""
