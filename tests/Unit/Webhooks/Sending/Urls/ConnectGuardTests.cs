using System.Net;
using System.Net.Sockets;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Urls;

public sealed class ConnectGuardTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("169.254.169.254")]
    [InlineData("8.8.8.8", "10.0.0.1")]
    [InlineData("2606:4700:4700::1111", "8.8.8.8", "::1")]
    public async Task The_sender_does_not_connect_to_a_host_with_any_private_address(params string[] addresses)
    {
        var failure = await Assert.ThrowsAsync<AddressRefusedException>(
            () => ConnectAsync("hooks.example.com", 443, allowPrivate: false, addresses));

        Assert.Contains(addresses[^1], failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task An_IP_address_used_as_a_host_name_is_checked(string host) =>
        await Assert.ThrowsAsync<AddressRefusedException>(() => ConnectAsync(host, 443, allowPrivate: false, "8.8.8.8"));

    [Fact]
    public async Task An_unknown_host_name_throws_HostUnknownException()
    {
        await Assert.ThrowsAsync<HostUnknownException>(() => ConnectAsync("hooks.example.com", 443, allowPrivate: false));

        var guard = new ConnectGuard((_, _) => throw new SocketException((int)SocketError.HostNotFound), false, TimeProvider.System);
        await Assert.ThrowsAsync<HostUnknownException>(
            () => guard.ConnectAsync(new DnsEndPoint("hooks.example.com", 443), Cancellation).AsTask());
    }

    [Theory]
    [InlineData("::1", "127.0.0.1")] // the first address refuses connections
    [InlineData("192.0.2.1", "127.0.0.1")] // the first address has no route
    public async Task The_next_address_is_tried_if_an_address_fails(params string[] addresses)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        await using var stream = await ConnectAsync("hooks.example.com", port, allowPrivate: true, addresses);

        using var accepted = await listener.AcceptSocketAsync(Cancellation);
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task An_exception_is_thrown_if_all_addresses_refuse_connections()
    {
        var failure = await Assert.ThrowsAsync<SocketException>(
            () => ConnectAsync("hooks.example.com", ClosedPort.Find(), allowPrivate: true, "127.0.0.1", "127.0.0.1"));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
    }

    [Fact]
    public async Task Cancellation_stops_the_DNS_lookup()
    {
        using var caller = new CancellationTokenSource();
        var guard = new ConnectGuard(
            async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return [];
            },
            false, TimeProvider.System);
        var connect = guard.ConnectAsync(new DnsEndPoint("hooks.example.com", 443), caller.Token).AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect);
    }

    private static Task<Stream> ConnectAsync(string host, int port, bool allowPrivate, params string[] addresses) =>
        new ConnectGuard((_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()), allowPrivate, TimeProvider.System)
            .ConnectAsync(new DnsEndPoint(host, port), Cancellation)
            .AsTask();
}
