"""Speeds that we state, as ratios to a limit that is measured in the same run."""
