using ServerlessScale.ColdStart.AlwaysReady;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Pricing;

namespace ServerlessScale.Tests.Unit.ColdStart;

public sealed class AlwaysReadyTests
{
    private const double Month = FlexPrices.SecondsPerMonth;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly FlexApp App = new() { MemoryGb = 2, Concurrency = 2, ColdStartSeconds = 1, IdleSeconds = 60 };
    private static readonly FlexPrices NoGrants = new() { FreeGbSeconds = 0, FreeExecutions = 0 };

    [Theory]
    [InlineData(0.2, 1)]
    [InlineData(1, 1)]
    [InlineData(1.01, 1.1)]
    [InlineData(1.3, 1.3)]
    [InlineData(2.31, 2.4)]
    public void Billed_seconds_are_rounded_up_with_a_minimum_of_one(double worked, double billed) =>
        Assert.Equal(billed, new FlexPrices().Billable(worked), 1e-9);

    [Fact]
    public void The_first_request_and_requests_after_idle_time_are_cold()
    {
        var row = Simulate([new(0, 0.5), new(10, 0.5), new(60, 0.5), new(500, 0.5)])[0];

        Assert.Equal((4, 2, 1), (row.Requests, row.Cold, row.MostInstances));
        Assert.Equal(1, row.MeanWaitSeconds);
    }

    [Fact]
    public void A_request_waits_for_an_instance_that_is_starting()
    {
        var row = Simulate([new(0, 5), new(0.4, 5)])[0];

        Assert.Equal((2, 1), (row.Cold, row.MostInstances));
        Assert.Equal((1 + 0.6) / 2, row.MeanWaitSeconds, 1e-9);
    }

    [Fact]
    public void Requests_beyond_always_ready_capacity_are_cold()
    {
        var rows = Simulate([new(0, 5), new(1, 5), new(2, 5)]);

        Assert.Equal([2L, 1L, 0L], rows.Select(row => row.Cold));
        Assert.Equal([2, 2, 2], rows.Select(row => row.MostInstances));
    }

    [Fact]
    public void Overlapping_executions_share_billed_time_but_are_counted_separately()
    {
        // The executions overlap and share one instance with 2 GB. Together, they occupy it from 1 s to 4.5 s.
        var row = Simulate([new(0, 2), new(1.5, 3)])[0];

        Assert.Equal((3.5 * 2 * 0.000026) + (2 * 0.40 / 1_000_000), row.OnDemand, 1e-12);
        Assert.Equal((0, 0), (row.Baseline, row.Working));
    }

    [Fact]
    public void The_free_grant_does_not_apply_to_always_ready_instances()
    {
        var row = AlwaysReadyPlan.Simulate([new(0, 2), new(100, 0.2)], Month, 1, App, new(), Ct)[1];

        Assert.Equal(2 * Month * 0.000004, row.Baseline, 1e-9);
        Assert.Equal(((2 + 1) * 2 * 0.000016) + (2 * 0.40 / 1_000_000), row.Working, 1e-12);
        Assert.Equal(0, row.OnDemand);
    }

    [Fact]
    public void The_free_grant_reduces_the_cost_of_on_demand_executions()
    {
        // There is one request every ten seconds for a month. Each request is billed as one second on an instance with 2 GB.
        var requests = Enumerable.Range(0, 259_200).Select(i => new Request(i * 10, 0.5));

        var row = AlwaysReadyPlan.Simulate(requests, Month, 0, App with { IdleSeconds = 20 }, new(), Ct)[0];

        Assert.Equal((((259_200 * 2) - 100_000) * 0.000026) + (9_200 * 0.40 / 1_000_000), row.OnDemand, 1e-6);
    }

    [Fact]
    public void The_costs_of_a_short_log_are_scaled_to_a_month()
    {
        var day = AlwaysReadyPlan.Simulate([new(0, 2)], Month / 30, 0, App, NoGrants, Ct)[0];
        var month = AlwaysReadyPlan.Simulate([new(0, 2)], Month, 0, App, NoGrants, Ct)[0];

        Assert.Equal(30 * month.Cost, day.Cost, 1e-12);
    }

    [Fact]
    public void The_fewest_sufficient_always_ready_instances_are_recommended()
    {
        var rows = Simulate([new(0, 5), new(1, 5), new(2, 5), new(200, 1)]);

        Assert.Equal(2, Recommendation.Of(rows, mostCold: 0).Row!.AlwaysReady);
        Assert.Equal(1, Recommendation.Of(rows, mostCold: 0.25).Row!.AlwaysReady);
        Assert.Contains("25% of requests have a cold start (75% with none)", Recommendation.Of(rows, 0.25).Reason, StringComparison.Ordinal);
        Assert.Null(Recommendation.Of([.. rows.Take(1)], mostCold: 0.1).Row);
    }

    [Fact]
    public void An_empty_request_log_is_rejected() => Assert.Throws<CommandException>(() => Simulate([]));

    [Theory]
    [InlineData("steady")]
    [InlineData("diurnal")]
    [InlineData("bursty")]
    public void Generated_traffic_is_sorted_and_repeatable_and_has_the_requested_mean(string name)
    {
        var traffic = new GeneratedTraffic(Enum.Parse<TrafficShape>(name, ignoreCase: true), requestsPerDay: 2_000, days: 30, meanDuration: 0.2, seed: 3);

        var requests = traffic.Requests().ToArray();

        Assert.InRange(requests.Length, 55_000, 65_000);
        Assert.InRange(requests.Average(request => request.Duration), 0.19, 0.21);
        Assert.True(requests.Zip(requests.Skip(1)).All(pair => pair.First.At <= pair.Second.At));
        Assert.Equal(requests.Take(100), traffic.Requests().Take(100));
    }

    [Fact]
    public void Diurnal_traffic_peaks_at_noon_and_bursty_traffic_has_peak_minutes()
    {
        var diurnal = new GeneratedTraffic(TrafficShape.Diurnal, 2_000, 30, 0.2, 3).Requests().ToArray();
        double[] hours = [.. Enumerable.Range(0, 24).Select(hour => (double)diurnal.Count(request => (int)(request.At / 3600) % 24 == hour))];
        int BusiestMinute(TrafficShape shape) =>
            new GeneratedTraffic(shape, 2_000, 30, 0.2, 3).Requests().CountBy(request => (int)(request.At / 60)).Max(minute => minute.Value);

        Assert.True(hours[12] > 8 * hours[0]);
        Assert.True(BusiestMinute(TrafficShape.Bursty) > 3 * BusiestMinute(TrafficShape.Steady));
    }

    [Fact]
    public void Request_times_are_seconds_since_the_first_log_line()
    {
        var requests = Read("name,timestamp,durationMs\n\"a, b\",2026-11-25T10:00:00Z,120\nc,2026-11-25T11:00:01.5+01:00,80.5\n");

        Assert.Equal([new Request(0, 0.12), new Request(1.5, 0.0805)], requests);
    }

    [Theory]
    [InlineData("", "header")]
    [InlineData("timestamp\n", "durationMs")]
    [InlineData("timestamp,durationMs\nyesterday,5\n", "line 2: timestamp")]
    [InlineData("timestamp,durationMs\n2026-11-25T10:00:00Z,NaN\n", "line 2: durationMs")]
    [InlineData("timestamp,durationMs\n2026-11-25T10:00:00Z,-1\n", "line 2: durationMs")]
    [InlineData("timestamp,durationMs\n2026-11-25T10:00:00Z\n", "line 2: has 1 fields")]
    [InlineData("timestamp,durationMs\n2026-11-25T10:00:00Z,1\n2026-11-25T09:59:59Z,1\n", "line 3: timestamp is earlier")]
    public void The_error_for_a_malformed_request_log_states_the_reason(string csv, string reason)
    {
        var failure = Assert.Throws<CommandException>(() => Read(csv));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    private static Request[] Read(string csv) => [.. RequestLog.Read(new StringReader(csv), "requests.csv")];

    private static IReadOnlyList<AlwaysReadyRow> Simulate(Request[] requests) => AlwaysReadyPlan.Simulate(requests, Month, 2, App, NoGrants, Ct);
}
