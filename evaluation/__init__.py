"""Scores answers against gold questions, and times them."""
