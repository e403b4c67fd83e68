"""Where the maps of a volume go: one shard for each plane and kind of map."""
