"""Files in and out: what merchants, shops and platforms send, and what they get back."""
