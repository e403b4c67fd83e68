"""The text of a sheet: lines and columns, read and written."""
