using Azure.Storage.Blobs;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Storage;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Tests.Unit.Storage;

public sealed class StorageWaitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hanging_store_gets_no_attempts_after_the_limit()
    {
        using var storage = new SilentServer();
        var calls = new StorageCallOptions { AttemptTimeout = TimeSpan.FromMilliseconds(300), RequestLimit = TimeSpan.FromMilliseconds(500) };
        var blobs = Client(storage, calls);
        using var wait = StorageWait.Begin(calls.RequestLimit, TimeProvider.System);

        var first = await Assert.ThrowsAnyAsync<Exception>(() => blobs.GetBlobContainerClient("uploads").ExistsAsync(Ct));
        var second = await Assert.ThrowsAnyAsync<Exception>(() => blobs.GetBlobContainerClient("uploads").ExistsAsync(Ct));

        Assert.True(DependencyFailure.Is(first), first.ToString());
        Assert.IsType<StorageWaitException>(second);
    }

    [Fact]
    public async Task Outside_a_request_every_retry_is_made()
    {
        using var storage = new SilentServer();
        var calls = new StorageCallOptions { AttemptTimeout = TimeSpan.FromMilliseconds(100), RequestLimit = TimeSpan.FromMilliseconds(100) };

        var failure = await Assert.ThrowsAsync<AggregateException>(
            () => Client(storage, calls).GetBlobContainerClient("uploads").ExistsAsync(Ct));

        Assert.Equal(4, failure.InnerExceptions.Count);
    }

    [Fact]
    public async Task Only_consecutive_attempts_without_a_response_count()
    {
        var time = new FakeTimeProvider();
        using var wait = StorageWait.Begin(TimeSpan.FromSeconds(8), time);

        await Assert.ThrowsAsync<IOException>(() => wait.AttemptAsync(_ => Lost(5)));
        Assert.Equal(TimeSpan.FromSeconds(3), wait.Remaining);
        await wait.AttemptAsync(_ => Responded(2));
        Assert.Equal(TimeSpan.FromSeconds(8), wait.Remaining);
        await Assert.ThrowsAsync<IOException>(() => wait.AttemptAsync(_ => Lost(5)));
        await Assert.ThrowsAsync<IOException>(() => wait.AttemptAsync(_ => Lost(3)));
        await Assert.ThrowsAsync<StorageWaitException>(() => wait.AttemptAsync(_ => Responded(0)));

        Task Lost(int seconds)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            throw new IOException();
        }

        Task Responded(int seconds)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Parallel_attempts_without_a_response_count_once()
    {
        var time = new FakeTimeProvider();
        using var wait = StorageWait.Begin(TimeSpan.FromSeconds(8), time);
        var lost = new TaskCompletionSource();
        var first = wait.AttemptAsync(_ => lost.Task);
        time.Advance(TimeSpan.FromSeconds(2));
        var second = wait.AttemptAsync(_ => lost.Task);
        time.Advance(TimeSpan.FromSeconds(3));

        lost.SetException(new IOException());

        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        Assert.Equal(TimeSpan.FromSeconds(3), wait.Remaining);
    }

    [Fact]
    public void Work_that_outlives_its_request_has_no_limit()
    {
        var wait = StorageWait.Begin(TimeSpan.FromSeconds(8), TimeProvider.System);
        Assert.Same(wait, StorageWait.Current);

        wait.Dispose();

        Assert.Null(StorageWait.Current);
    }

    [Fact]
    public void With_the_default_settings_a_client_waits_at_most_ten_seconds()
    {
        var calls = new StorageCallOptions();
        var retry = new BlobClientOptions();
        StorageClients.BoundRetries(retry, calls);

        // Azure.Core doubles the delay after each attempt and adds up to 20 percent of jitter. The attempts share the request's limit.
        var attempts = (int)Math.Ceiling(calls.RequestLimit / calls.AttemptTimeout);
        var pauses = Enumerable.Range(0, attempts).Sum(n => Math.Min(retry.Retry.Delay.TotalSeconds * Math.Pow(2, n), retry.Retry.MaxDelay.TotalSeconds));

        Assert.Equal(calls.AttemptTimeout, retry.Retry.NetworkTimeout);
        Assert.True(calls.RequestLimit.TotalSeconds + (1.2 * pauses) <= 10);
    }

    [Fact]
    public async Task A_hanging_Cosmos_DB_ends_the_request_at_the_limit()
    {
        using var cosmos = new SilentServer();
        using var container = new CosmosAccount(
            new CosmosOptions
            {
                ConnectionString = $"AccountEndpoint=http://127.0.0.1:{cosmos.Port}/;AccountKey={Convert.ToBase64String(new byte[64])}",
                LimitToEndpoint = true,
            },
            () => throw new InvalidOperationException());
        var store = new LimitedOrderStore(new CosmosOrderStore(container));
        using var wait = StorageWait.Begin(TimeSpan.FromMilliseconds(300), TimeProvider.System);

        await Assert.ThrowsAsync<StorageWaitException>(
            () => store.FindKeyAsync(new OrderShard("c1", OrderMonth.Of(DateTimeOffset.UtcNow)), "key", Ct));
    }

    private static BlobServiceClient Client(SilentServer storage, StorageCallOptions calls)
    {
        var options = new BlobClientOptions();
        StorageClients.BoundRetries(options, calls);
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        return new BlobServiceClient(new Uri($"http://127.0.0.1:{storage.Port}/account"), options);
    }
}
