using System.CommandLine;
using System.Globalization;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Identity;

namespace ServerlessScale.Local.Commands;

/// <summary>What can be typed after <c>dotnet run --project tools/LocalCloud --</c>. Whatever is not listed here is refused.</summary>
internal static class CommandLine
{
    private const string LocalCloudHost = "localcloud";
    private const string CoreToolsHost = "func";

    /// <summary>For a drain of long-running functions; after it, Ctrl-C or SIGTERM ends the process regardless.</summary>
    private static readonly TimeSpan s_terminationTimeout = TimeSpan.FromSeconds(60);

    /// <returns>The exit code: 0 after a stop that was asked for, 1 after a failure or bad options.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var data = new Option<DirectoryInfo?>("--data")
        {
            Description = "Folder for storage and the token key, kept between runs. [default: .localcloud in the repository]",
            HelpName = "DIR",
            Recursive = true,
        };
        var root = RunRoot(data);
        root.Add(data);
        root.Add(Token(data));
        try
        {
            return await root.Parse(arguments).InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = s_terminationTimeout });
        }
        catch (LocalCloudException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            // Stopped while it was still starting.
            return 0;
        }
    }

    private static RootCommand RunRoot(Option<DirectoryInfo?> data)
    {
        var port = new Option<int>("--port")
        {
            Description = "HTTP port on 127.0.0.1; 0 takes a free one.",
            HelpName = "N",
            DefaultValueFactory = _ => 7071,
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number <= ushort.MaxValue)
                {
                    return number;
                }
                result.AddError($"--port must be a number from 0 to {ushort.MaxValue}.");
                return 0;
            },
        };
        var noBuild = new Option<bool>("--no-build") { Description = "Run the newest build there is." };
        var host = new Option<string>("--host")
        {
            Description = "What runs the functions: LocalCloud itself, or Azure Functions Core Tools where they are installed.",
            DefaultValueFactory = _ => LocalCloudHost,
        };
        host.AcceptOnlyFromAmong(LocalCloudHost, CoreToolsHost);

        var orders = new Option<OrderStore>("--orders")
        {
            Description = "Where orders are kept: Azurite's tables, or StrictCosmos, which stands in for Cosmos DB and forgets them at the end.",
            HelpName = "tables|cosmos",
            DefaultValueFactory = _ => OrderStore.Tables,
        };

        var allowPrivateWebhooks = new Option<bool>("--allow-private-webhooks")
        {
            Description = "Let webhooks go to this machine and its network, over plain HTTP, too: for receivers under development.",
        };

        var sessions = new Option<SessionStore>("--sessions")
        {
            Description = "Where carts are kept: Azurite's tables, or a Redis that is started here and forgets them at the end.",
            HelpName = "tables|redis",
            DefaultValueFactory = _ => SessionStore.Tables,
        };

        var root = new RootCommand("Runs ServerlessScale on this machine, with storage and everything else it needs.")
        {
            port, noBuild, host, orders, sessions, allowPrivateWebhooks,
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            var repository = Repository.FindRoot();
            var options = new RunOptions
            {
                Repository = repository,
                DataDirectory = DataDirectory(parsed.GetValue(data), repository),
                Port = parsed.GetValue(port),
                Build = !parsed.GetValue(noBuild),
                Orders = parsed.GetValue(orders),
                AllowPrivateWebhooks = parsed.GetValue(allowPrivateWebhooks),
                Sessions = parsed.GetValue(sessions),
            };
            await (parsed.GetValue(host) == CoreToolsHost
                ? CoreToolsRun.RunAsync(options, cancellationToken)
                : LocalCloudRun.RunAsync(options, cancellationToken));
            return 0;
        });
        return root;
    }

    private static Command Token(Option<DirectoryInfo?> data)
    {
        var customer = new Option<string>("--customer")
        {
            Description = "The customer that the token speaks for.",
            HelpName = "ID",
            DefaultValueFactory = _ => DevelopmentTokens.DefaultCustomer,
        };
        var scopes = new Option<string>("--scopes")
        {
            Description = "What it allows, separated by spaces.",
            HelpName = "\"A B\"",
            DefaultValueFactory = _ => string.Join(' ', DevelopmentTokens.AllScopes),
        };
        var token = new Command("token", "Prints a development token.") { customer, scopes };
        token.SetAction(parsed =>
        {
            if (string.IsNullOrWhiteSpace(parsed.GetValue(customer)))
            {
                throw new LocalCloudException("--customer must not be empty.");
            }
            var tokens = DevelopmentTokens.Open(
                parsed.GetValue(data)?.FullName ?? DataDirectory(given: null, Repository.FindRoot()));
            Console.Out.WriteLine(tokens.Issue(
                parsed.GetValue(customer)!, parsed.GetValue(scopes)!.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        });
        return token;
    }

    private static string DataDirectory(DirectoryInfo? given, string repository) =>
        given?.FullName ?? Path.Combine(repository, ".localcloud");
}
