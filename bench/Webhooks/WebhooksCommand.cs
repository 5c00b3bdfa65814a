using System.CommandLine;
using ServerlessScale.Bench.Webhooks.Delivery;
using ServerlessScale.Bench.Webhooks.Sending;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Webhooks;

/// <summary>
/// The <c>webhooks</c> command, which measures how fast webhooks are sent. Its subcommands measure delivery from the event queue to the
/// receiver (<c>deliver</c>) and the effect of an endpoint that hangs (<c>hang</c>).
/// </summary>
internal static class WebhooksCommand
{
    public static Command Create()
    {
        var parallel = NumberOption.Create("--parallel", "Number of concurrent deliveries.", 32, 1, 10_000);
        var deliveries = NumberOption.Create("--deliveries", "Number of deliveries by each contender per round.", 4_000, 1, 10_000_000);
        var rounds = NumberOption.Create("--rounds", "Number of rounds. Every contender has one turn in each round.", 11, 1, 1_000);
        var body = NumberOption.Create("--body", "Size of each request body in bytes.", 1_000, 1, 10_000_000);
        var response = NumberOption.Create("--response", "Size of each response body in bytes.", 0, 0, 10_000_000);
        var command = new Command(
            "webhooks",
            "[1 minute] Compares the throughput of the webhook sender with the throughput of a bare HttpClient loop. The loop posts the "
            + "same bodies with signatures that were computed beforehand.")
        {
            parallel, deliveries, rounds, body, response, Deliver(), Hang(), ReceiverProcess.CreateCommand(),
        };
        command.SetAction((parsed, cancellationToken) => SendingBench.RunAsync(
            new Workload(
                parsed.GetValue(parallel), parsed.GetValue(deliveries), parsed.GetValue(rounds), parsed.GetValue(body), parsed.GetValue(response)),
            cancellationToken));
        return command;
    }

    private static Command Deliver()
    {
        var single = NumberOption.Create("--single", "Number of events that are queued and delivered one at a time.", 100, 1, 100_000);
        var burst = NumberOption.Create("--burst", "Number of events that are queued concurrently, as a burst.", 500, 1, 100_000);
        var deliver = new Command(
            "deliver", "[5 minutes] Times the delivery of events from the event queue to a receiver, with three polling intervals.")
        {
            single, burst,
        };
        deliver.SetAction((parsed, cancellationToken) => DeliveryBench.RunAsync(parsed.GetValue(single), parsed.GetValue(burst), cancellationToken));
        return deliver;
    }

    private static Command Hang()
    {
        var rate = NumberOption.Create("--rate", "Number of events per second. Each event is delivered to ten endpoints.", 3, 1, 1_000);
        var seconds = NumberOption.Create("--seconds", "Length of a round in seconds.", 30, 1, 3_600);
        var rounds = NumberOption.Create("--rounds", "Number of rounds with a hanging endpoint, and also without one.", 3, 1, 1_000);
        var hang = new Command(
            "hang", "[6 minutes] Measures how much an endpoint that hangs delays the deliveries to nine other endpoints.")
        {
            rate, seconds, rounds,
        };
        hang.SetAction((parsed, cancellationToken) =>
            HangingBench.RunAsync(parsed.GetValue(rate), parsed.GetValue(seconds), parsed.GetValue(rounds), cancellationToken));
        return hang;
    }
}
