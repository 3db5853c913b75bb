"""What text PostgreSQL can hold."""


def is_storable(text: str) -> bool:
    """No NUL, and no half of a surrogate pair (JSON can carry both)."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
