"""Measurements: side by side in one run, as medians and ratios. Nothing here is a test."""
