using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

public sealed class WebhookUrlPolicyTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("192.168.0.7")]
    [InlineData("8.8.8.8", "127.0.0.1")]
    [InlineData("2606:4700:4700::1111", "fd00::1")]
    public async Task A_name_is_refused_if_any_of_its_addresses_is_private(params string[] addresses)
    {
        var outcome = await Policy(Answers(addresses)).CheckAsync("https://hooks.example.com/", Cancellation);

        Assert.Equal("resolves-to-special-address", outcome.Problem?.Extensions?["reason"]);
        Assert.Contains(addresses[^1], outcome.Problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_with_public_addresses_is_accepted()
    {
        var outcome = await Policy(Answers("8.8.8.8", "2606:4700:4700::1111")).CheckAsync("https://hooks.example.com/a", Cancellation);

        Assert.Equal(new Uri("https://hooks.example.com/a"), outcome.Value);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_refused()
    {
        var outcome = await Policy((_, _) => throw new SocketException((int)SocketError.HostNotFound))
            .CheckAsync("https://hooks.exmaple.com/", Cancellation);

        Assert.Equal("unresolvable", outcome.Problem?.Extensions?["reason"]);
    }

    [Fact]
    public async Task A_DNS_that_is_out_of_order_is_not_the_owners_fault()
    {
        var outcome = await Policy((_, _) => throw new SocketException((int)SocketError.TryAgain))
            .CheckAsync("https://hooks.example.com/", Cancellation);

        Assert.NotNull(outcome.Value);
    }

    [Fact]
    public async Task A_DNS_that_does_not_answer_is_not_waited_for()
    {
        var check = Policy(NeverAnswers).CheckAsync("https://hooks.example.com/", Cancellation);
        Assert.False(check.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.NotNull((await check).Value);
    }

    [Fact]
    public async Task A_caller_who_leaves_is_not_told_that_the_URL_is_good()
    {
        using var caller = new CancellationTokenSource();
        var check = Policy(NeverAnswers).CheckAsync("https://hooks.example.com/", caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
    }

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("http://hooks.example.com/")]
    public async Task Only_a_name_that_may_be_used_is_looked_up(string url)
    {
        var lookedUp = new List<string>();
        await Policy((host, _) =>
        {
            lookedUp.Add(host);
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        }).CheckAsync(url, Cancellation);

        Assert.Empty(lookedUp);
    }

    private static async Task<IPAddress[]> NeverAnswers(string host, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return [];
    }

    private static ResolveAsync Answers(params string[] addresses) =>
        (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());

    private WebhookUrlPolicy Policy(ResolveAsync resolve) => new(resolve, Options.Create(new WebhookUrlOptions()), _time);
}
