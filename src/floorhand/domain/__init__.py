"""What the warehouse is made of and its rules. Standard library and biip only."""
