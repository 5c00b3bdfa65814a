using System.CommandLine;
using System.Globalization;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Local.Commands;

/// <summary>What can be typed after <c>dotnet run --project tools/LocalCloud --</c>. Whatever is not listed here is refused.</summary>
internal static class CommandLine
{
    private const string LocalCloudHost = "localcloud";
    private const string CoreToolsHost = "func";

    /// <summary>For a drain of long-running functions; after it, Ctrl-C or SIGTERM ends the process regardless.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(60);

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
        root.Add(Purge(data));
        try
        {
            return await root.Parse(arguments).InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TerminationTimeout });
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

        var sessions = new Option<SessionStore>("--sessions")
        {
            Description = "Where carts are kept: Azurite's tables, or a Redis that is started here and forgets them at the end.",
            HelpName = "tables|redis",
            DefaultValueFactory = _ => SessionStore.Tables,
        };

        var allowPrivateWebhooks = new Option<bool>("--allow-private-webhooks")
        {
            Description = "Let webhooks go to this machine and its network, over plain HTTP, too: for receivers under development.",
        };

        var edge = new Option<bool>("--edge")
        {
            Description = "Put the edge before the app: cache, rules and firewall of infra/edge-rules.json, as Front Door in Azure.",
        };
        var country = new Option<string?>("--country")
        {
            Description = "With --edge, the country that clients are taken to be in, for rules that ask for it.",
            HelpName = "DE",
            Validators =
            {
                result =>
                {
                    if (result.Tokens is [{ Value: var code }] && (code.Length != 2 || !code.All(char.IsAsciiLetterUpper)))
                    {
                        result.AddError("--country must be two capital letters (ISO 3166-1).");
                    }
                },
            },
        };

        var topology = new Option<Topology>("--topology")
        {
            Description = "One app for everything, or an app for each capability, which starts, scales and fails by itself behind an edge.",
            HelpName = "monolith|microservices",
            DefaultValueFactory = _ => Topology.Monolith,
        };
        var instances = Instances();
        var scale = Scale();
        var balancing = new Option<BalancingPolicy?>("--balancing")
        {
            Description = "How the edge spreads requests over instances. [default: as infra/edge-rules.json says]",
            HelpName = string.Join('|', Enum.GetNames<BalancingPolicy>()),
        };

        var root = new RootCommand("Runs ServerlessScale on this machine, with storage and everything else it needs.")
        {
            port, noBuild, host, orders, sessions, allowPrivateWebhooks, edge, country, topology, instances, scale, balancing,
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
                Sessions = parsed.GetValue(sessions),
                AllowPrivateWebhooks = parsed.GetValue(allowPrivateWebhooks),
                Edge = parsed.GetValue(edge),
                Country = parsed.GetValue(country),
                Topology = parsed.GetValue(topology),
                Instances = parsed.GetValue(instances),
                Scale = parsed.GetValue(scale),
                Balancing = parsed.GetValue(balancing),
            };
            if (parsed.GetValue(host) == CoreToolsHost && options is not { Edge: false, Instances: null, Scale: null, Topology: Topology.Monolith })
            {
                throw new LocalCloudException("--edge, --instances, --scale and --topology microservices need LocalCloud's own host: leave out --host func.");
            }
            await (parsed.GetValue(host) == CoreToolsHost
                ? CoreToolsRun.RunAsync(options, cancellationToken)
                : LocalCloudRun.RunAsync(options, cancellationToken));
            return 0;
        });
        return root;
    }

    private static Option<int?> Instances() => new("--instances")
    {
        Description = "Instances of each app behind an edge on the one port. Without it there is one, and a monolith has no edge.",
        HelpName = "N",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number is >= 1 and <= ScaleRange.MostInstances)
            {
                return number;
            }
            result.AddError($"--instances must be a number from 1 to {ScaleRange.MostInstances}.");
            return null;
        },
    };

    private static Option<ScaleRange?> Scale() => new("--scale")
    {
        Description = "From A to B instances of each app behind an edge, by queue lengths and concurrent requests, e.g. 0..8.",
        HelpName = "A..B",
        CustomParser = result =>
        {
            if (ScaleRange.TryParse(result.Tokens.Single().Value, out var range))
            {
                return range;
            }
            result.AddError($"--scale must be A..B, with 0 <= A <= B <= {ScaleRange.MostInstances} and B at least 1.");
            return null;
        },
    };

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

    private static Command Purge(Option<DirectoryInfo?> data)
    {
        var path = new Argument<string>("path") { Description = "A path, or one that ends with /*, as /images/*." };
        var purge = new Command("purge", "Makes the running edge's cache forget.") { path };
        purge.SetAction(async (parsed, cancellationToken) =>
        {
            var admin = EdgeAdmin.Read(parsed.GetValue(data)?.FullName ?? DataDirectory(given: null, Repository.FindRoot()));
            Console.Out.WriteLine($"purged {await admin.PurgeAsync(parsed.GetValue(path)!, cancellationToken)}");
            return 0;
        });
        return purge;
    }

    private static string DataDirectory(DirectoryInfo? given, string repository) =>
        given?.FullName ?? Path.Combine(repository, ".localcloud");
}
