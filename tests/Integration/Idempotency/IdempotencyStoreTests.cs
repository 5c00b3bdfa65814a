using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Sealing;

namespace ServerlessScale.Tests.Integration.Idempotency;

/// <summary>Tests the records of operations with a clock that the test sets.</summary>
public sealed class IdempotencyStoreTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static readonly StoredResponse Response = new(201, new Dictionary<string, string> { ["Location"] = "/x" }, [1, 2, 3]);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly string _customer = "customer-" + Guid.NewGuid().ToString("N");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IdempotencyStore Store => new(
        azurite.Tables, new Sealer(new byte[32], null, "test"), Options.Create(new IdempotencyOptions { Lease = TimeSpan.FromMinutes(1) }), _time);

    [Fact]
    public async Task An_operation_is_in_flight_until_its_lease_expires()
    {
        var first = await StartAsync();
        await first.Operation.NoteAsync("note", "3.x", Ct);

        _time.Advance(TimeSpan.FromSeconds(59));
        var during = await BeginAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        var after = await StartAsync();

        Assert.Equal("idempotency-in-flight", Assert.IsType<Beginning.Refused>(during).Problem.Code);
        Assert.True(after.Operation.IsRepeated);
        Assert.Equal(("note", "3.x"), (after.Operation.Note, after.Operation.StoredBodyDigest));
        Assert.Equal(first.Operation.StartedAt, after.Operation.StartedAt);
        Assert.Equal(first.Operation.Characters("image", 26), after.Operation.Characters("image", 26));
        Assert.NotEqual(first.Operation.Characters("image", 26), after.Operation.Characters("test", 26));
    }

    [Fact]
    public async Task A_request_that_lost_its_lease_cannot_continue()
    {
        var paused = await StartAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        var current = await StartAsync();

        var lost = await Assert.ThrowsAsync<ProblemException>(() => paused.Operation.NoteAsync("late", null, Ct));
        await paused.CompleteAsync(Response with { Status = 500 }, Ct);
        await paused.DiscardAsync(Ct);
        await current.CompleteAsync(Response, Ct);

        Assert.Equal("idempotency-in-flight", lost.Problem.Code);
        Assert.Equal(201, Assert.IsType<Beginning.Completed>(await BeginAsync()).Response.Status);
    }

    [Fact]
    public async Task A_released_operation_continues_at_once_with_its_ids()
    {
        var failed = await StartAsync();
        await failed.ReleaseAsync(Ct);

        var next = await StartAsync();

        Assert.Equal(failed.Operation.Characters("endpoint", 11), next.Operation.Characters("endpoint", 11));
    }

    [Fact]
    public async Task A_record_expires_after_24_hours()
    {
        var first = await StartAsync();
        await first.CompleteAsync(Response, Ct);

        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        var before = await BeginAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        var after = await StartAsync("another fingerprint");

        Assert.Equal([1, 2, 3], Assert.IsType<Beginning.Completed>(before).Response.Body);
        Assert.False(after.Operation.IsRepeated);
        Assert.NotEqual(first.Operation.Characters("image", 26), after.Operation.Characters("image", 26));
    }

    [Fact]
    public async Task The_timer_deletes_only_expired_records()
    {
        await (await StartAsync()).CompleteAsync(Response, Ct);
        _time.Advance(TimeSpan.FromHours(23));
        await (await StartAsync(key: "young")).CompleteAsync(Response, Ct);

        _time.Advance(TimeSpan.FromHours(2));
        await Store.PruneAsync(Ct);

        var keys = new List<string>();
        await foreach (var row in azurite.Tables.GetTableClient("Idempotency").QueryAsync<TableEntity>(
            row => row.PartitionKey == "c_" + _customer, cancellationToken: Ct))
        {
            keys.Add(row.RowKey);
        }

        Assert.Equal([Key("young").RecordId], keys);
    }

    [Fact]
    public async Task A_response_larger_than_a_column_is_stored()
    {
        var large = Response with { Body = [.. Enumerable.Range(0, 150_000).Select(i => (byte)i)] };
        await (await StartAsync()).CompleteAsync(large, Ct);

        Assert.Equal(large.Body, Assert.IsType<Beginning.Completed>(await BeginAsync()).Response.Body);
    }

    [Fact]
    public async Task Only_one_of_many_requests_continues_an_expired_lease()
    {
        await StartAsync();
        _time.Advance(TimeSpan.FromMinutes(1));

        var beginnings = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => BeginAsync()));

        Assert.Single(beginnings.OfType<Beginning.Started>());
        Assert.Equal(19, beginnings.OfType<Beginning.Refused>().Count(refused => refused.Problem.Code == "idempotency-in-flight"));
    }

    private static IdempotencyKey Key(string text) => IdempotencyKey.Parse([text]).Value!;

    private Task<Beginning> BeginAsync(string fingerprint = "f", string key = "k") => Store.BeginAsync(_customer, Key(key), fingerprint, Ct);

    private async Task<OperationRun> StartAsync(string fingerprint = "f", string key = "k") =>
        Assert.IsType<Beginning.Started>(await BeginAsync(fingerprint, key)).Run;
}
