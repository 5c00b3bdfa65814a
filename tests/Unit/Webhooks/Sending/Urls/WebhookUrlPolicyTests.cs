using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Urls;

public sealed class WebhookUrlPolicyTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("192.168.0.7")]
    [InlineData("8.8.8.8", "127.0.0.1")]
    [InlineData("2606:4700:4700::1111", "fd00::1")]
    public async Task A_host_name_with_one_private_address_is_rejected(params string[] addresses)
    {
        var outcome = await Policy(ResolvesTo(addresses)).CheckAsync("https://hooks.example.com/", Cancellation);

        Assert.Equal("resolves-to-special-address", outcome.Problem?.Extensions?["reason"]);
        Assert.Contains(addresses[^1], outcome.Problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_name_with_only_public_addresses_is_accepted()
    {
        var outcome = await Policy(ResolvesTo("8.8.8.8", "2606:4700:4700::1111")).CheckAsync("https://hooks.example.com/a", Cancellation);

        Assert.Equal(new Uri("https://hooks.example.com/a"), outcome.Value);
    }

    [Fact]
    public async Task A_host_name_that_does_not_exist_is_rejected()
    {
        var outcome = await Policy((_, _) => throw new SocketException((int)SocketError.HostNotFound))
            .CheckAsync("https://hooks.exmaple.com/", Cancellation);

        Assert.Equal("unresolvable", outcome.Problem?.Extensions?["reason"]);
    }

    [Fact]
    public async Task A_host_name_is_accepted_when_DNS_fails()
    {
        var outcome = await Policy((_, _) => throw new SocketException((int)SocketError.TryAgain))
            .CheckAsync("https://hooks.example.com/", Cancellation);

        Assert.NotNull(outcome.Value);
    }

    [Fact]
    public async Task A_host_name_is_accepted_when_DNS_is_slow()
    {
        var check = Policy(NeverResolves).CheckAsync("https://hooks.example.com/", Cancellation);
        Assert.False(check.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.NotNull((await check).Value);
    }

    [Fact]
    public async Task A_cancelled_check_does_not_accept_the_URL()
    {
        using var caller = new CancellationTokenSource();
        var check = Policy(NeverResolves).CheckAsync("https://hooks.example.com/", caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
    }

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("http://hooks.example.com/")]
    public async Task IP_addresses_and_rejected_URLs_are_not_resolved(string url)
    {
        var lookedUp = new List<string>();
        await Policy((host, _) =>
        {
            lookedUp.Add(host);
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        }).CheckAsync(url, Cancellation);

        Assert.Empty(lookedUp);
    }

    private static async Task<IPAddress[]> NeverResolves(string host, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return [];
    }

    private static ResolveAsync ResolvesTo(params string[] addresses) =>
        (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());

    private WebhookUrlPolicy Policy(ResolveAsync resolve) => new(resolve, Options.Create(new WebhookUrlOptions()), _time);
}
