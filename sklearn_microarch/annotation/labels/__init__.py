"""Label images: one number, or one colour, per region."""
