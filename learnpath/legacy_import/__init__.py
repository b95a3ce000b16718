"""Import of accounts and progress from the customer's earlier service."""
