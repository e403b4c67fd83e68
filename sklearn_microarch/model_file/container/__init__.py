"""The zip file around a model, each byte of which is accounted for."""
