"""Reports: the figures of a shift as sections of words and numbers, and what is made of them.

`shift.shift_report` makes one `Report`; text, mail, screen, PDF, XLSX and CSV are all made of it.
"""
