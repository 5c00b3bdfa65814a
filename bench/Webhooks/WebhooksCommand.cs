using System.CommandLine;
using ServerlessScale.Bench.Webhooks.Delivery;
using ServerlessScale.Bench.Webhooks.Sending;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Webhooks;

/// <summary>The cost of sending webhooks, of delivering them through the whole system, and of an endpoint that hangs.</summary>
internal static class WebhooksCommand
{
    public static Command Create()
    {
        var parallel = NumberOption.Create("--parallel", "Deliveries in flight at the same time.", 32, 1, 10_000);
        var deliveries = NumberOption.Create("--deliveries", "Deliveries of each contender per round.", 4_000, 1, 10_000_000);
        var rounds = NumberOption.Create("--rounds", "Rounds; every contender has one turn in each.", 11, 1, 1_000);
        var body = NumberOption.Create("--body", "Bytes of a request body.", 1_000, 1, 10_000_000);
        var response = NumberOption.Create("--response", "Bytes of a response body.", 0, 0, 10_000_000);
        var command = new Command(
            "webhooks",
            "[1 minute] Compares the throughput of the webhook sender with that of a bare HttpClient loop, which posts the same bodies with "
            + "signatures that were computed beforehand.")
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
        var single = NumberOption.Create("--single", "Events that are queued one at a time.", 100, 1, 100_000);
        var burst = NumberOption.Create("--burst", "Events that are queued at once.", 500, 1, 100_000);
        var deliver = new Command(
            "deliver", "[5 minutes] Times events from the queue to a receiver through the whole system, with three polling intervals.")
        {
            single, burst,
        };
        deliver.SetAction((parsed, cancellationToken) => DeliveryBench.RunAsync(parsed.GetValue(single), parsed.GetValue(burst), cancellationToken));
        return deliver;
    }

    private static Command Hang()
    {
        var rate = NumberOption.Create("--rate", "Events per second, each of which goes to ten endpoints.", 3, 1, 1_000);
        var seconds = NumberOption.Create("--seconds", "Length of a round in seconds.", 30, 1, 3_600);
        var rounds = NumberOption.Create("--rounds", "Rounds with an endpoint that hangs, and as many without one.", 3, 1, 1_000);
        var hang = new Command("hang", "[6 minutes] Compares the delays of nine endpoints while a tenth one hangs with those while it responds.")
        {
            rate, seconds, rounds,
        };
        hang.SetAction((parsed, cancellationToken) =>
            HangingBench.RunAsync(parsed.GetValue(rate), parsed.GetValue(seconds), parsed.GetValue(rounds), cancellationToken));
        return hang;
    }
}
