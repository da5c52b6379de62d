"""What tests lean on: slow references, makers of vectors, a browser."""
