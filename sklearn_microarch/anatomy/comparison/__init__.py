"""The statistics of two groups of animals: values, intervals, permutations."""
