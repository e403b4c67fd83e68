"""Grey levels of a slice, window by window: what its exposure is estimated from."""
