"""From annotated sections to a model that was judged, and what is said of it."""
