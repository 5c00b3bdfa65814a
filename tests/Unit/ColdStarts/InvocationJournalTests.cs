using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Tests.Unit.ColdStarts;

public sealed class InvocationJournalTests
{
    [Fact]
    public void Recording_never_waits_and_counts_what_it_drops()
    {
        using var journal = new InvocationJournal(() => throw new InvalidOperationException(), new("i1"));

        for (var i = 0; i < 16_384 + 100; i++)
        {
            journal.Record(Invocation(DateTimeOffset.UnixEpoch));
        }

        Assert.Equal(100, journal.Dropped);
    }

    [Fact]
    public void Memory_is_bounded_while_nothing_can_be_stored()
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
    public async Task Storage_is_not_even_looked_up_while_there_is_nothing_to_store()
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
