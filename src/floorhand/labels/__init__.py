"""Labels: template + data -> one layout -> picture, PDF or ZPL -> printer; and the spool."""
