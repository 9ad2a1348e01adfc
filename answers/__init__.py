"""Answers in words: what the model is told, what is believed of its reply, what stands in for it."""
