"""What there is to learn: paths and their modules."""
