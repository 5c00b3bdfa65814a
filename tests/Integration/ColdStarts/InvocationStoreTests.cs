using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Tests.Integration.ColdStarts;

/// <summary>
/// Tests the storage of invocation records and the cold-start report. Several instances write records to an Azurite table, and the report
/// is computed from that table.
/// </summary>
public sealed class InvocationStoreTests(Azurite account) : IClassFixture<Azurite>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly ColdStartReader _reader = new(account.Tables);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await account.Tables.DeleteTableAsync("ColdStarts", Ct);

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task A_cold_start_report_without_records_is_empty()
    {
        var report = await _reader.ReadAsync(Noon, Ct);

        Assert.Equal((0, 0, false), (report.Invocations, report.ColdStarts, report.Truncated));
        Assert.Empty(report.Functions);
    }

    [Fact]
    public async Task The_cold_start_report_includes_all_instances()
    {
        foreach (var instance in (string[])["a1", "b2", "c3"])
        {
            using var journal = Journal(instance);
            journal.Record(Cold("Resize", Noon.AddSeconds(1), durationMs: 500, ("runtime", 60), ("firstInvocation", 500)));
            for (var i = 1; i <= 99; i++)
            {
                journal.Record(Warm("Resize", Noon.AddMinutes(1 + (i % 3)), durationMs: i, failed: i == 50));
            }

            journal.Record(Warm("Upload", Noon.AddMinutes(1), durationMs: 7));
            await journal.FlushAsync(Ct);
        }

        var report = await _reader.ReadAsync(Noon, Ct);

        Assert.Equal((303, 3), (report.Invocations, report.ColdStarts));
        Assert.Equal(["Resize", "Upload"], report.Functions.Select(function => function.Name));
        var resize = report.Functions[0];
        Assert.Equal((300, 3, 3), (resize.Count, resize.Cold, resize.Failed));
        AssertWithinOnePercent(50, resize.P50Ms);
        AssertWithinOnePercent(95, resize.P95Ms);
        AssertWithinOnePercent(99, resize.P99Ms);
        Assert.Equal(["firstInvocation", "runtime"], resize.Phases.Keys.Order(StringComparer.Ordinal));
        AssertWithinOnePercent(60, resize.Phases["runtime"].P99Ms);
        Assert.Empty(report.Functions[1].Phases);
    }

    [Fact]
    public async Task A_million_invocations_are_stored_in_one_row_per_minute()
    {
        using var journal = Journal("a1");
        for (var i = 0; i < 1_000_000; i++)
        {
            journal.Record(Warm("Resize", Noon.AddMinutes(i % 2), durationMs: 1 + (i % 1000)));
            if (i % 10_000 == 0)
            {
                journal.Collect();
            }
        }

        await journal.FlushAsync(Ct);

        Assert.Equal(2, await RowsAsync());
        Assert.Equal(1_000_000, (await _reader.ReadAsync(Noon, Ct)).Invocations);
        Assert.Equal(0, journal.Dropped);
    }

    [Fact]
    public async Task Flushing_repeatedly_counts_each_invocation_once()
    {
        using var journal = Journal("a1");
        for (var i = 0; i < 5; i++)
        {
            journal.Record(Warm("Resize", Noon, durationMs: 10));
            await journal.FlushAsync(Ct);
            await journal.FlushAsync(Ct);
        }

        Assert.Equal(5, (await _reader.ReadAsync(Noon, Ct)).Invocations);
        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task A_late_record_is_added_to_the_row_for_its_minute()
    {
        using var journal = Journal("a1");
        journal.Record(Warm("Resize", Noon, durationMs: 10));
        await journal.FlushAsync(Ct);
        journal.Record(Warm("Resize", Noon.AddMinutes(3), durationMs: 10));
        await journal.FlushAsync(Ct);
        journal.Record(Warm("Resize", Noon, durationMs: 10));
        await journal.FlushAsync(Ct);

        Assert.Equal(3, (await _reader.ReadAsync(Noon, Ct)).Invocations);
    }

    [Fact]
    public async Task Records_made_during_a_storage_outage_are_stored_later()
    {
        var options = new TableClientOptions { Retry = { MaxRetries = 0, Mode = RetryMode.Fixed } };
        var unreachable = new TableServiceClient(
            new Uri("http://127.0.0.1:1/account"), new TableSharedKeyCredential("account", Convert.ToBase64String(new byte[32])), options);
        var tables = unreachable;
        using var journal = new InvocationJournal(() => tables, new InstanceId("a1"));
        journal.Record(Cold("Resize", Noon, durationMs: 100, ("runtime", 60)));
        journal.Record(Warm("Resize", Noon, durationMs: 10));
        await Assert.ThrowsAnyAsync<Exception>(() => journal.FlushAsync(Ct));
        await Assert.ThrowsAnyAsync<Exception>(() => journal.FlushAsync(Ct));

        tables = account.Tables;
        journal.Record(Warm("Resize", Noon, durationMs: 10));
        await journal.FlushAsync(Ct);

        var report = await _reader.ReadAsync(Noon, Ct);
        Assert.Equal((3, 1), (report.Invocations, report.ColdStarts));
        Assert.Equal(0, journal.Dropped);
    }

    [Fact]
    public async Task A_cold_start_report_begins_at_the_start_of_a_minute()
    {
        using var journal = Journal("a1");
        foreach (var minutes in (int[])[-90, -61, -1, 0, 1, 59, 60, 125])
        {
            journal.Record(Warm("Resize", Noon.AddMinutes(minutes), durationMs: 10));
            journal.Record(Cold("Resize", Noon.AddMinutes(minutes), durationMs: 10, ("runtime", 60)));
        }

        await journal.FlushAsync(Ct);

        var report = await _reader.ReadAsync(Noon.AddSeconds(59), Ct);
        Assert.Equal(Noon, report.Since);
        Assert.Equal((10, 5), (report.Invocations, report.ColdStarts));
        Assert.Equal(2 * 7, (await _reader.ReadAsync(Noon.AddMinutes(-61), Ct)).Invocations);
        Assert.Equal(2, (await _reader.ReadAsync(Noon.AddMinutes(61), Ct)).Invocations);
    }

    [Fact]
    public async Task A_truncated_cold_start_report_contains_the_newest_records()
    {
        using var journal = Journal("a1");
        for (var hour = 0; hour < 4; hour++)
        {
            journal.Record(Warm($"Hour{hour}", Noon.AddHours(hour), durationMs: 10));
        }

        await journal.FlushAsync(Ct);

        var whole = await _reader.ReadAsync(Noon, Ct, maximumRows: 4);
        var part = await _reader.ReadAsync(Noon, Ct, maximumRows: 3);
        Assert.False(whole.Truncated);
        Assert.Equal(4, whole.Functions.Count);
        Assert.True(part.Truncated);
        Assert.Equal(["Hour1", "Hour2", "Hour3"], part.Functions.Select(function => function.Name));
    }

    [Fact]
    public async Task Records_older_than_31_days_are_deleted()
    {
        using var journal = Journal("a1");
        for (var i = 0; i < 250; i++)
        {
            journal.Record(Warm($"Old{i}", Noon.AddDays(-31).AddHours(-1), durationMs: 10));
        }

        journal.Record(Warm("Kept", Noon.AddDays(-31), durationMs: 10));
        journal.Record(Warm("Kept", Noon, durationMs: 10));
        await journal.FlushAsync(Ct);
        var retention = new InvocationRetention(account.Tables, new FakeTimeProvider(Noon));

        Assert.Equal(250, await retention.PruneAsync(Ct));
        Assert.Equal(0, await retention.PruneAsync(Ct));
        Assert.Equal(2, await RowsAsync());
    }

    private InvocationJournal Journal(string instance) => new(() => account.Tables, new InstanceId(instance));

    private async Task<int> RowsAsync() =>
        await account.Tables.GetTableClient("ColdStarts").QueryAsync<TableEntity>(cancellationToken: Ct).CountAsync(Ct);

    private static void AssertWithinOnePercent(double exact, double measured) =>
        Assert.InRange(measured, exact * 0.99, exact * 1.01);

    private static InvocationRecord Cold(
        string function, DateTimeOffset endedAt, double durationMs, params (string Name, double DurationMs)[] phases) =>
        Warm(function, endedAt, durationMs) with
        {
            ColdPhases = [.. phases.Select(phase => new StartupPhase(phase.Name, phase.DurationMs))],
        };

    private static InvocationRecord Warm(string function, DateTimeOffset endedAt, double durationMs, bool failed = false) => new()
    {
        Function = function,
        Trigger = "pubsub",
        EndedAt = endedAt,
        DurationMs = durationMs,
        Failed = failed,
        WorkingSetBytes = 50_000_000,
        ManagedBytes = 10_000_000,
    };
}
