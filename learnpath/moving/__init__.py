"""Moving in: accounts and progress from the customer's earlier service."""
