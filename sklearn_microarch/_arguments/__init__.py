"""Checks of arguments: typed errors that name the argument, its value and the limit."""
