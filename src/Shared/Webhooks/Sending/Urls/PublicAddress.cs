using System.Net;
using System.Net.Sockets;

namespace ServerlessScale.Shared.Webhooks.Sending.Urls;

/// <summary>
/// Decides whether webhooks may be sent to an address. Every address in IANA's special-purpose registries (RFC 6890, as of 2025) is
/// rejected. This includes the few addresses that are globally reachable, because no receiver has such an address. IPv6 addresses that
/// embed an IPv4 address (mapped, NAT64, 6to4, Teredo) are rejected regardless of the embedded address.
/// </summary>
public static class PublicAddress
{
    private static readonly (IPNetwork Network, string Use)[] V4 =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "this network (RFC 791)"),
        (IPNetwork.Parse("10.0.0.0/8"), "private use (RFC 1918)"),
        (IPNetwork.Parse("100.64.0.0/10"), "shared address space of carriers (RFC 6598)"),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback (RFC 1122)"),
        // The address of Azure's wire server. It looks public, but virtual machines reach Azure's platform through it.
        (IPNetwork.Parse("168.63.129.16/32"), "Azure's platform services"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local, cloud metadata (RFC 3927)"),
        (IPNetwork.Parse("172.16.0.0/12"), "private use (RFC 1918)"),
        (IPNetwork.Parse("192.0.0.0/24"), "IETF protocol assignments (RFC 6890)"),
        (IPNetwork.Parse("192.0.2.0/24"), "documentation (RFC 5737)"),
        (IPNetwork.Parse("192.31.196.0/24"), "AS112 (RFC 7535)"),
        (IPNetwork.Parse("192.52.193.0/24"), "automatic multicast tunneling (RFC 7450)"),
        (IPNetwork.Parse("192.88.99.0/24"), "6to4 relays (RFC 7526)"),
        (IPNetwork.Parse("192.168.0.0/16"), "private use (RFC 1918)"),
        (IPNetwork.Parse("192.175.48.0/24"), "AS112 (RFC 7534)"),
        (IPNetwork.Parse("198.18.0.0/15"), "benchmarking (RFC 2544)"),
        (IPNetwork.Parse("198.51.100.0/24"), "documentation (RFC 5737)"),
        (IPNetwork.Parse("203.0.113.0/24"), "documentation (RFC 5737)"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast (RFC 5771)"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved, broadcast (RFC 1112, RFC 919)"),
    ];

    private static readonly (IPNetwork Network, string Use)[] V6 =
    [
        (IPNetwork.Parse("::/128"), "the unspecified address (RFC 4291)"),
        (IPNetwork.Parse("::1/128"), "loopback (RFC 4291)"),
        (IPNetwork.Parse("::/96"), "an IPv4-compatible address (RFC 4291)"),
        (IPNetwork.Parse("64:ff9b::/96"), "NAT64, which embeds an IPv4 address (RFC 6052)"),
        (IPNetwork.Parse("64:ff9b:1::/48"), "local NAT64 (RFC 8215)"),
        (IPNetwork.Parse("100::/64"), "discard-only (RFC 6666)"),
        (IPNetwork.Parse("100:0:0:1::/64"), "a dummy prefix (RFC 9780)"),
        (IPNetwork.Parse("2001::/32"), "Teredo, which embeds an IPv4 address (RFC 4380)"),
        (IPNetwork.Parse("2001::/23"), "IETF protocol assignments (RFC 2928)"),
        (IPNetwork.Parse("2001:db8::/32"), "documentation (RFC 3849)"),
        (IPNetwork.Parse("2002::/16"), "6to4, which embeds an IPv4 address (RFC 3056)"),
        (IPNetwork.Parse("2620:4f:8000::/48"), "AS112 (RFC 7534)"),
        (IPNetwork.Parse("3fff::/20"), "documentation (RFC 9637)"),
        (IPNetwork.Parse("5f00::/16"), "segment routing (RFC 9602)"),
        (IPNetwork.Parse("fc00::/7"), "unique local, cloud metadata (RFC 4193)"),
        (IPNetwork.Parse("fe80::/10"), "link-local (RFC 4291)"),
        (IPNetwork.Parse("fec0::/10"), "site-local (RFC 3879)"),
        (IPNetwork.Parse("ff00::/8"), "multicast (RFC 4291)"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    public static bool IsPublic(IPAddress address) => SpecialUse(address) is null;

    /// <summary>Returns the purpose that an address is reserved for and the RFC that reserves it; null for a public address.</summary>
    public static string? SpecialUse(IPAddress address)
    {
        // This check must come first. IPNetwork treats a mapped address as an IPv4 address, so the check for 2000::/3 below would accept
        // some private addresses.
        if (address.IsIPv4MappedToIPv6)
        {
            return "a mapped IPv4 address (RFC 4291)";
        }

        var table = address.AddressFamily == AddressFamily.InterNetwork ? V4 : V6;
        foreach (var (network, use) in table)
        {
            if (network.Contains(address))
            {
                return use;
            }
        }

        // IANA allocates public IPv6 addresses only from this block (RFC 4291 section 2.4). IPv4 has no such block.
        return address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address)
            ? "outside the global unicast addresses (RFC 4291)"
            : null;
    }
}
