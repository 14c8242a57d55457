"""Peers' recipes, written from their public documentation: the network is ours or theirs, the training is theirs."""
