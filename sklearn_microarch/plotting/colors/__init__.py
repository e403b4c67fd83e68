"""Colours of categories and factors, and what explains them."""
