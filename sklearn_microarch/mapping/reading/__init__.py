"""Open maps that lie in files, and read them where they are indexed."""
