"""The X-ray micro-CT section of mouse thalamus and cortex of Prasad et al. (2020)."""
