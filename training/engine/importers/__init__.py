"""Readers of weights that others publish in formats of their own: see `weight_files.WeightReader`."""
