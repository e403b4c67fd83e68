"""Does a map say more than how deep the tissue lies, from pia to white matter."""
