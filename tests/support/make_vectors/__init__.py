"""One module for each folder of shared vectors."""
