using System.Net;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Urls;

public sealed class PublicAddressTests
{
    /// <summary>
    /// Each case consists of the first and last address of a reserved block, and of the adjacent addresses if they are public.
    /// </summary>
    [Theory]
    [InlineData("0.0.0.0", "0.255.255.255", null, "1.0.0.0")]
    [InlineData("10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0")]
    [InlineData("100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0")]
    [InlineData("127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0")]
    [InlineData("168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17")]
    [InlineData("169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0")]
    [InlineData("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0")]
    [InlineData("192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0")]
    [InlineData("192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0")]
    [InlineData("192.31.196.0", "192.31.196.255", "192.31.195.255", "192.31.197.0")]
    [InlineData("192.52.193.0", "192.52.193.255", "192.52.192.255", "192.52.194.0")]
    [InlineData("192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0")]
    [InlineData("192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0")]
    [InlineData("192.175.48.0", "192.175.48.255", "192.175.47.255", "192.175.49.0")]
    [InlineData("198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0")]
    [InlineData("198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0")]
    [InlineData("203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0")]
    [InlineData("224.0.0.0", "255.255.255.255", "223.255.255.255", null)]
    [InlineData("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::")]
    [InlineData("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::")]
    [InlineData("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::")]
    [InlineData("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff", "2620:4f:8001::")]
    [InlineData("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::")]
    [InlineData("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, "2000::")]
    [InlineData("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null)]
    public void Exactly_the_addresses_in_a_reserved_block_are_rejected(string first, string last, string? before, string? after)
    {
        Assert.NotNull(PublicAddress.SpecialUse(IPAddress.Parse(first)));
        Assert.NotNull(PublicAddress.SpecialUse(IPAddress.Parse(last)));
        Assert.True(before is null || PublicAddress.IsPublic(IPAddress.Parse(before)), before);
        Assert.True(after is null || PublicAddress.IsPublic(IPAddress.Parse(after)), after);
    }

    [Theory]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("::1", "loopback")]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("fd00:ec2::254", "metadata")]
    [InlineData("168.63.129.16", "Azure")]
    [InlineData("100.100.100.200", "carriers")]
    [InlineData("::ffff:8.8.8.8", "mapped")]
    [InlineData("::ffff:127.0.0.1", "mapped")]
    [InlineData("::ffff:10.0.0.1", "mapped")]
    [InlineData("::ffff:169.254.169.254", "mapped")]
    [InlineData("::ffff:192.168.0.1", "mapped")]
    [InlineData("::7f00:1", "compatible")]
    [InlineData("64:ff9b::7f00:1", "NAT64")]
    [InlineData("64:ff9b:1::7f00:1", "NAT64")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo")]
    [InlineData("2002:7f00:1::", "6to4")]
    [InlineData("fe80::1%1", "link-local")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("5f00::1", "segment routing")]
    [InlineData("100::1", "discard")]
    [InlineData("4000::1", "global unicast")]
    public void The_purpose_of_a_reserved_address_is_named(string address, string use) =>
        Assert.Contains(use, PublicAddress.SpecialUse(IPAddress.Parse(address)), StringComparison.Ordinal);

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("20.50.2.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:81b::200e")]
    public void An_ordinary_Internet_address_is_public(string address) => Assert.True(PublicAddress.IsPublic(IPAddress.Parse(address)));
}
