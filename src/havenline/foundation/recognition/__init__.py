"""What is already known is recognised: the index of this installation, kept in step with its lists, and who may ask it."""
