using System.CommandLine;
using System.Globalization;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using Spectre.Console;

namespace ServerlessScale.Bench.Sessions;

internal static class SessionsCommand
{
    public static Command Create()
    {
        var shoppers = Number("--shoppers", "Shoppers at the same time, each with a cart of three lines.", standard: 8, most: 256);
        var rounds = Number("--rounds", "Rounds; in each, either store gets its turn with either request.", standard: 6, most: 1000);
        var requests = Number("--requests", "Requests of each shopper in a turn.", standard: 100, most: 100_000);
        var root = new Command("sessions", "Times reads and changes of carts over HTTP, with carts in Azurite's tables and in Redis, in turns.")
        {
            shoppers, rounds, requests,
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            // Wider than any line here: a redirected console has 80 columns, and a table that wraps cannot be pasted.
            AnsiConsole.Console.Profile.Width = 160;
            var app = await FunctionAppBuild.BuildAsync(Repository.FindRoot(), cancellationToken);
            await using var tables = await CartLoad.StartAsync(SessionStore.Tables, app, parsed.GetValue(shoppers), cancellationToken);
            await using var redis = await CartLoad.StartAsync(SessionStore.Redis, app, parsed.GetValue(shoppers), cancellationToken);
            // The first round is the warm-up: machine code, connections, and the stores' own caches.
            for (var round = 0; round <= parsed.GetValue(rounds); round++)
            {
                foreach (var load in (CartLoad[])(round % 2 == 0 ? [tables, redis] : [redis, tables]))
                {
                    await load.RunAsync(parsed.GetValue(requests), counts: round > 0, cancellationToken);
                }
            }

            Report.Write(AnsiConsole.Console, tables.Turns, redis.Turns);
        });
        return root;
    }

    private static Option<int> Number(string name, string description, int standard, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < 1 || value > most))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be from 1 to {most}."));
            }
        });
        return option;
    }
}
