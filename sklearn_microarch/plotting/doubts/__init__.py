"""Pictures of places where model and annotation disagree."""
