"""Reports kept on this PC until the portal has them."""
