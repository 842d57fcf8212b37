"""What a scan changes: commands carried out in one transaction each."""
