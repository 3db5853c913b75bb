"""The set-up and the commands of this suite. Standard library only."""
