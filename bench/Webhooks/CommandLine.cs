using System.CommandLine;
using ServerlessScale.Bench.Webhooks.Sending;

namespace ServerlessScale.Bench.Webhooks;

internal static class CommandLine
{
    public static Task<int> RunAsync(string[] args)
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

        var root = new RootCommand("The sender of webhooks against a bare HttpClient loop that posts the same bodies, signed beforehand.")
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
        return root.Parse(args).InvokeAsync();
    }
}
