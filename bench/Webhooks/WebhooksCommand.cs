using System.CommandLine;
using ServerlessScale.Bench.Webhooks.Delivery;
using ServerlessScale.Bench.Webhooks.Sending;

namespace ServerlessScale.Bench.Webhooks;

internal static class WebhooksCommand
{
    public static Command Create()
    {
        var parallel = new Option<int>("--parallel") { Description = "Deliveries under way at a time.", DefaultValueFactory = _ => 32 };
        var deliveries = new Option<int>("--deliveries") { Description = "Deliveries of a contender in a round.", DefaultValueFactory = _ => 4_000 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds, each with every contender.", DefaultValueFactory = _ => 11 };
        var body = new Option<int>("--body") { Description = "Bytes of a delivery.", DefaultValueFactory = _ => 1_000 };
        var answer = new Option<int>("--answer") { Description = "Bytes of an answer.", DefaultValueFactory = _ => 0 };
        foreach (var option in (Option<int>[])[parallel, deliveries, rounds, body, answer])
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() < (option == answer ? 0 : 1))
                {
                    result.AddError($"{option.Name} is too small.");
                }
            });
        }

        var root = new Command("webhooks", "The sender of webhooks against a bare HttpClient loop that posts the same bodies, signed beforehand.")
        {
            parallel, deliveries, rounds, body, answer,
        };
        root.SetAction((parsed, cancellationToken) => SendingBench.RunAsync(
            new Workload
            {
                Parallel = parsed.GetValue(parallel),
                Deliveries = parsed.GetValue(deliveries),
                Rounds = parsed.GetValue(rounds),
                BodyBytes = parsed.GetValue(body),
                AnswerBytes = parsed.GetValue(answer),
            },
            cancellationToken));

        var receive = new Command(ReceiverProcess.Command, "The receiver; the bench starts it by itself.") { Hidden = true };
        receive.SetAction((_, cancellationToken) => Receiver.RunAsync(cancellationToken));
        root.Subcommands.Add(receive);
        root.Subcommands.Add(Deliver());
        root.Subcommands.Add(Hang());
        return root;
    }

    private static Command Deliver()
    {
        var single = Number("--single", "Events one at a time.", 100);
        var burst = Number("--burst", "Events at once.", 500);
        var deliver = new Command("deliver", "Events from the queue to a receiver, through the whole system, and what polling costs.") { single, burst };
        deliver.SetAction((parsed, cancellationToken) => DeliveryBench.RunAsync(parsed.GetValue(single), parsed.GetValue(burst), cancellationToken));
        return deliver;
    }

    private static Command Hang()
    {
        var rate = Number("--rate", "Events a second, each for ten endpoints.", 3);
        var seconds = Number("--seconds", "How long a round sends events.", 30);
        var rounds = Number("--rounds", "Rounds with one endpoint that hangs, and as many without.", 3);
        var hang = new Command("hang", "One of ten endpoints never answers: what the other nine notice.") { rate, seconds, rounds };
        hang.SetAction((parsed, cancellationToken) =>
            HangingBench.RunAsync(parsed.GetValue(rate), parsed.GetValue(seconds), parsed.GetValue(rounds), cancellationToken));
        return hang;
    }

    private static Option<int> Number(string name, string description, int normal)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => normal };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} must be at least 1.");
            }
        });
        return option;
    }
}
