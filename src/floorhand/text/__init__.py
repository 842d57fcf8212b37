"""Words in all languages, and how data is made fit to be shown beside them."""
