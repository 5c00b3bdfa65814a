using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Tests.Unit.ColdStarts;

public sealed class InvocationJournalTests
{
    [Fact]
    public void Invocations_beyond_the_channel_capacity_are_dropped_and_counted()
    {
        using var journal = new InvocationJournal(() => throw new InvalidOperationException(), new("i1"));

        for (var i = 0; i < 16_384 + 100; i++)
        {
            journal.Record(Invocation(DateTimeOffset.UnixEpoch));
        }

        Assert.Equal(100, journal.Dropped);
    }

    [Fact]
    public void The_oldest_minutes_are_dropped_while_storage_is_down()
    {
        using var journal = new InvocationJournal(() => throw new InvalidOperationException(), new("i1"));

        for (var minute = 0; minute < 6_000 + 10; minute++)
        {
            journal.Record(Invocation(DateTimeOffset.UnixEpoch.AddMinutes(minute)));
            journal.Record(Invocation(DateTimeOffset.UnixEpoch.AddMinutes(minute)));
            journal.Collect();
        }

        Assert.Equal(20, journal.Dropped);
    }

    [Fact]
    public async Task An_empty_journal_does_not_create_the_storage_client()
    {
        var lookups = 0;
        using var journal = new InvocationJournal(
            () =>
            {
                lookups++;
                throw new InvalidOperationException();
            },
            new("i1"));

        await journal.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, lookups);

        journal.Record(Invocation(DateTimeOffset.UnixEpoch));
        await Assert.ThrowsAsync<InvalidOperationException>(() => journal.FlushAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, lookups);
    }

    private static InvocationRecord Invocation(DateTimeOffset endedAt) => new()
    {
        Function = "Resize",
        Trigger = "pubsub",
        EndedAt = endedAt,
        DurationMs = 1,
        Failed = false,
        WorkingSetBytes = 1,
        ManagedBytes = 1,
    };
}
