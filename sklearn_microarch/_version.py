"""The version of this library, for the package, its build and saved files."""

__version__ = "0.1.0"
