using System.CommandLine;
using ServerlessScale.Local;
using Spectre.Console;

namespace ServerlessScale.Bench.Orders;

internal static class OrdersCommand
{
    public static Command Create()
    {
        var clients = Number("--clients", "Clients that send one request after the other, all at once.", 32, 1, 1_000);
        var rounds = Number("--rounds", "How often the contenders take turns.", 5, 1, 1_000);
        var seconds = Number("--seconds", "Length of a turn.", 3, 1, 3_600);
        var root = new Command("orders", "Orders placed and read a second through the whole HTTP path, against a bare loop of the same storage calls, "
            + "and what each operation costs in round trips and request units; on both stores.")
        {
            clients, rounds, seconds,
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            // Wider than any line here: a redirected console has 80 columns, and a table that wraps cannot be pasted.
            AnsiConsole.Console.Profile.Width = 200;
            var plan = new LoadPlan(parsed.GetValue(clients), parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            foreach (var store in Enum.GetValues<OrderStore>())
            {
                await using var bench = await OrderBench.StartAsync(store, plan.Clients, cancellationToken);
                Report.Write(AnsiConsole.Console, $"{store}: creates", await plan.RunAsync(bench.Creates, bench.TidyAsync, cancellationToken));
                Report.Write(AnsiConsole.Console, $"{store}: reads", await plan.RunAsync(bench.Reads, bench.TidyAsync, cancellationToken));
                Report.Write(AnsiConsole.Console, $"{store}: for each operation", await bench.CountAsync(cancellationToken));
            }
        });
        var orders = Number("--orders", "Orders placed and read back in each row and column.", 200, 1, 100_000);
        var lag = new Command("lag", "What replication lag shows of orders just placed, without and with the consistency token.") { orders };
        lag.SetAction(async (parsed, cancellationToken) =>
        {
            AnsiConsole.Console.Profile.Width = 200;
            Report.Write(AnsiConsole.Console, await ReplicaLagBench.RunAsync(parsed.GetValue(orders), cancellationToken));
        });
        root.Subcommands.Add(lag);
        return root;
    }

    private static Option<int> Number(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            var value = result.GetValueOrDefault<int>();
            if (value < least || value > most)
            {
                result.AddError($"{name} must be from {least} to {most}.");
            }
        });
        return option;
    }
}
