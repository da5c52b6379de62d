"""Crashes: processes killed, disks that fail, and what is found afterwards."""
