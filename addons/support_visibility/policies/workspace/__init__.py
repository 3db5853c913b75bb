"""What an agent works on next, and what to know before answering."""
