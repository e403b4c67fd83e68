"""The limits that several rules for verdicts share."""

# One report in twenty on maps of nothing may hold a region that is followed.
MOST_P = 0.05
# Of what regions leave, a nuisance that explains half explains more than all else can.
EXPLAINED = 0.5
# One other network that agrees by accident would be the median, too.
LEAST_SEEDS = 2
