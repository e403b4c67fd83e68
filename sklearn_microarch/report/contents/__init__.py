"""What stands in the sections of a page, as words, tables and pictures."""
