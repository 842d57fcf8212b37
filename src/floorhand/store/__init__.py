"""The database: the only package that reads with SQL, and the only writer of the ledger."""
