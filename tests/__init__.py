"""Tests of the ledger, its service, its pages and its papers."""
