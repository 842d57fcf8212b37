"""Workers made of software, a demo warehouse, and simulated days: load, demo and tests.

Robots read the prompt and scan what it asks for, through the same road as everybody else.
"""
