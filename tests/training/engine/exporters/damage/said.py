"""What is said of a file that was damaged before its check; `{target}` stands for the target's name."""

MOVED, REFUSED = r"The {target} model answers differently.*px", r".+"
