"""The published findings, each judged by a rule."""
