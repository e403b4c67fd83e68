"""From a patch to features and logits: architectures, and what they are wrapped in."""
