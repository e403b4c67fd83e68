"""Pictures that stay in their file while they are worked on."""
