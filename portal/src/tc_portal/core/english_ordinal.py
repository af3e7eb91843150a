"""Numbers as English counts them."""


def ordinal(number: int) -> str:
    """``1st``, ``12th``, ``23rd``."""
    is_teen = 10 <= number % 100 <= 20
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
