"""Measurements of this project beside its peers, each with servers, processes and a clock of their own."""
