"""Which addresses a channel may lead to: not to this machine, its network or a cloud's own services, unless allowed."""

import ipaddress

# What older Pythons take for global: the IETF's protocol assignments, in which a cloud has its metadata service.
_ASSIGNED = ipaddress.ip_network("192.0.0.0/24")


def is_private(host: str) -> bool:
    """Whether an IP address as text belongs to this machine, a private network, or what serves machines rather than the
    public. What is no IP address is taken for private: nobody knows where it leads."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return True
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if inner is not None:
            return is_private(str(inner))
        if address.teredo is not None:
            return True
    if address in _ASSIGNED:
        return True
    # 100.64.0.0/10, which a cloud's metadata service may use, is neither global nor private.
    return not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
