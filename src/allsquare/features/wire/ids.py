"""Make identifiers: time-ordered ones, and ones derived from what makes a request the same request."""

import hashlib
import os
import time
from uuid import UUID


def new_id() -> UUID:
    """Make a UUIDv7: 48 bits of milliseconds, 74 random bits.

    Source: RFC 9562, section 5.7.
    """
    moment = time.time_ns() // 1_000_000
    value = (moment << 80) | int.from_bytes(os.urandom(10))
    return UUID(int=(value & ~(0xF << 76) & ~(0x3 << 62)) | (0x7 << 76) | (0x2 << 62))


def derived_id(purpose: str, *parts: bytes) -> UUID:
    """Derive a UUIDv8 from parts: the same parts give the same id, on every machine and for ever.

    Source: RFC 9562, section 5.8; the bits are those of a sha256.
    """
    text = b"".join([purpose.encode(), *[len(part).to_bytes(4) + part for part in parts]])
    value = int.from_bytes(hashlib.sha256(text).digest()[:16])
    return UUID(int=(value & ~(0xF << 76) & ~(0x3 << 62)) | (0x8 << 76) | (0x2 << 62))
