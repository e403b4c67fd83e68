"""Non-negative matrix factorization, from a sample and from passes over all rows."""
