"""What a manager sees: load, age, what is about to break, and where the time went."""
