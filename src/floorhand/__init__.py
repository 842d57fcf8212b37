"""The terminal of an e-commerce fulfilment warehouse."""
