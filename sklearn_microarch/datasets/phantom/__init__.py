"""A synthetic thalamocortical section whose anatomy is known."""
