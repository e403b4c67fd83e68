"""What differs between specimens: scores, factors, clusters."""
