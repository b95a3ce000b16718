"""Commands for operators: doctor, permissions, purge and backup."""
