"""Incidents: how they go, when customers hear of them, what they cost the accounts in time."""
