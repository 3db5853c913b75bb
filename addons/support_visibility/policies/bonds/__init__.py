"""How tickets belong together: merged, split, linked, alike."""
