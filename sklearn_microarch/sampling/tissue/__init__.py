"""Where a slice shows tissue."""
