"""What is kept of the secret that reports carry."""

from hashlib import sha256


def digest_of(secret: bytes) -> str:
    """The secret's SHA-256 in hexadecimal. Secrets are long and random, so the digest tells nothing of them."""
    return sha256(secret).hexdigest()
