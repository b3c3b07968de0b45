"""What the authors of a sheet use: release and solutions are made here."""
