using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Local.Commands;

/// <summary>The command line of <c>dotnet run --project tools/LocalCloud --</c>.</summary>
internal static class CommandLine
{
    private const string LocalCloudHost = "localcloud";
    private const string CoreToolsHost = "func";

    /// <summary>
    /// The time limit for draining after Ctrl-C or SIGTERM. If the process is still running after this time, it is terminated.
    /// </summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(60);

    /// <returns>The exit code: 0 after Ctrl-C or SIGTERM, 1 after a failure or for invalid options.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var data = new Option<DirectoryInfo?>("--data")
        {
            Description = "The folder for storage and the token key, which persist between runs. [default: .localcloud in the repository]",
            HelpName = "DIR",
            Recursive = true,
        };
        var root = RunRoot(data);
        root.Add(data);
        root.Add(Token(data));
        root.Add(SizeKey(data));
        root.Add(Purge(data));
        root.Add(LabCommand.Create());
        root.Add(SamplesCommand.Create(parsed => OpenTokens(parsed.GetValue(data))));
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
            // The user stopped the cloud while it was starting.
            return 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Win32Exception)
        {
            // The operating system has refused an operation. Its message names the file or the program.
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }

    private static RootCommand RunRoot(Option<DirectoryInfo?> data)
    {
        var port = new Option<int>("--port")
        {
            Description = "The HTTP port on 127.0.0.1. 0 selects a free port.",
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
        var noBuild = new Option<bool>("--no-build") { Description = "Run the newest existing build instead of building the function app." };
        var host = new Option<string>("--host")
        {
            Description = "The host that runs the functions: LocalCloud's own host, or Azure Functions Core Tools if they are installed.",
            DefaultValueFactory = _ => LocalCloudHost,
        };
        host.AcceptOnlyFromAmong(LocalCloudHost, CoreToolsHost);

        var orders = new Option<LocalOrderBackend>("--orders")
        {
            Description =
                "The store for orders: Azurite's tables, or StrictCosmos, which replaces Cosmos DB and loses its data when the run ends.",
            HelpName = "tables|cosmos",
            DefaultValueFactory = _ => LocalOrderBackend.Tables,
        };

        var regions = new Option<string[]>("--cosmos-region")
        {
            Description =
                "A region of StrictCosmos, with --orders cosmos. Repeat the option for several regions. The first region accepts writes.",
            HelpName = "NAME",
        };

        var sessions = new Option<LocalSessionBackend>("--sessions")
        {
            Description =
                "The store for carts: Azurite's tables, or a redis-server that is started for this run and stores nothing on disk.",
            HelpName = "tables|redis",
            DefaultValueFactory = _ => LocalSessionBackend.Tables,
        };

        var dashboard = new Option<bool>("--dashboard")
        {
            Description = "Run the Aspire dashboard, which shows the traces, metrics and logs of all workers. NuGet installs it on first use.",
        };

        var allowPrivateWebhooks = new Option<bool>("--allow-private-webhooks")
        {
            Description = "Allow webhooks to this machine and its private network, even over plain HTTP, for receivers under development.",
        };

        var noSamples = new Option<bool>("--no-samples")
        {
            Description = "Do not add sample products to an empty catalogue. With --scale 0..B, none are added, so that no instance starts.",
        };
        var edge = new Option<bool>("--edge")
        {
            Description =
                "Run an edge in front of the app. It uses the cache, rules and firewall in infra/edge-rules.json, as Front Door does. The laboratory "
                + "needs it. [default: true, but false with --host func]",
            HelpName = "true|false",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var country = new Option<string?>("--country")
        {
            Description = "The country that the edge assumes for all clients.",
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
            Description =
                "Run all functions in one app, or one app per capability behind an edge. Each app starts, scales and fails independently.",
            HelpName = "monolith|microservices",
            DefaultValueFactory = _ => Topology.Monolith,
        };
        var instances = Instances();
        var scale = Scale();
        var balancing = new Option<BalancingPolicy?>("--balancing")
        {
            Description = "The edge's load balancing policy. [default: the policy in infra/edge-rules.json]",
            HelpName = string.Join('|', Enum.GetNames<BalancingPolicy>()),
        };

        var root = new RootCommand("Runs ServerlessScale on this machine, with storage and all other services that it needs.")
        {
            port, noBuild, host, orders, regions, sessions, dashboard, allowPrivateWebhooks, noSamples, edge, country, topology, instances, scale, balancing,
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            var repository = Repository.FindRoot();
            var options = new RunOptions
            {
                Repository = repository,
                DataDirectory = DataDirectory(parsed.GetValue(data), repository),
                OwnKey = parsed.GetValue(data) is not null,
                Port = parsed.GetValue(port),
                Build = !parsed.GetValue(noBuild),
                Orders = parsed.GetValue(orders),
                CosmosRegions = Regions(parsed.GetValue(regions) ?? [], parsed.GetValue(orders)),
                Sessions = parsed.GetValue(sessions),
                Dashboard = parsed.GetValue(dashboard),
                AllowPrivateWebhooks = parsed.GetValue(allowPrivateWebhooks),
                Edge = parsed.GetResult(edge) is { Implicit: false } ? parsed.GetValue(edge) : parsed.GetValue(host) != CoreToolsHost,
                Samples = !parsed.GetValue(noSamples) && parsed.GetValue(scale) is not { Min: 0 },
                Country = parsed.GetValue(country),
                Topology = parsed.GetValue(topology),
                Instances = parsed.GetValue(instances),
                Scale = parsed.GetValue(scale),
                Balancing = parsed.GetValue(balancing),
            };
            if (parsed.GetValue(host) == CoreToolsHost && options.HasEdge)
            {
                throw new LocalCloudException("--edge, --instances, --scale and --topology microservices need LocalCloud's own host. Omit --host func.");
            }
            if (parsed.GetValue(host) == CoreToolsHost && options.Dashboard)
            {
                throw new LocalCloudException("--dashboard needs LocalCloud's own host. Omit --host func.");
            }
            if (options is { Country: not null } or { Balancing: not null } && !options.HasEdge)
            {
                throw new LocalCloudException("--country and --balancing need an edge. Omit --edge false and --host func.");
            }
            await (parsed.GetValue(host) == CoreToolsHost
                ? CoreToolsRun.RunAsync(options, cancellationToken)
                : LocalCloudRun.RunAsync(options, cancellationToken));
            return 0;
        });
        return root;
    }

    private static string[] Regions(string[] given, LocalOrderBackend orders)
    {
        if (given.Length > 0 && orders != LocalOrderBackend.Cosmos)
        {
            throw new LocalCloudException("--cosmos-region needs --orders cosmos.");
        }

        return given.Any(string.IsNullOrWhiteSpace) || given.Distinct(StringComparer.Ordinal).Count() != given.Length
            ? throw new LocalCloudException("The names of --cosmos-region must differ and must not be empty.")
            : given;
    }

    private static Option<int?> Instances() => new("--instances")
    {
        Description = "The number of instances of each app behind an edge. [default: one instance, and no edge for a monolith]",
        HelpName = "N",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number is >= 1 and <= ScaleRange.MaxInstances)
            {
                return number;
            }
            result.AddError($"--instances must be a number from 1 to {ScaleRange.MaxInstances}.");
            return null;
        },
    };

    private static Option<ScaleRange?> Scale() => new("--scale")
    {
        Description = "Run A to B instances of each app behind an edge, depending on queue lengths and concurrent requests. Example: 0..8.",
        HelpName = "A..B",
        CustomParser = result =>
        {
            if (ScaleRange.TryParse(result.Tokens.Single().Value, out var range))
            {
                return range;
            }
            result.AddError($"--scale must be A..B with 0 <= A <= B, and B from 1 to {ScaleRange.MaxInstances}.");
            return null;
        },
    };

    private static Command Token(Option<DirectoryInfo?> data)
    {
        var customer = new Option<string>("--customer")
        {
            Description = "The customer that the token identifies.",
            HelpName = "ID",
            DefaultValueFactory = _ => DevelopmentTokens.DefaultCustomer,
        };
        var scopes = new Option<string>("--scopes")
        {
            Description = "The token's scopes, separated by spaces.",
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
            Console.Out.WriteLine(OpenTokens(parsed.GetValue(data)).Issue(
                parsed.GetValue(customer)!, parsed.GetValue(scopes)!.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        });
        return token;
    }

    private static Command SizeKey(Option<DirectoryInfo?> data)
    {
        var key = new Command("size-key", "Prints the development key that signs the URLs of image sizes.");
        key.SetAction(parsed => Console.Out.WriteLine(OpenTokens(parsed.GetValue(data)).SizeKey));
        return key;
    }

    private static Command Purge(Option<DirectoryInfo?> data)
    {
        var path = new Argument<string>("path") { Description = "A path, or a prefix that ends with /*, such as /images/*." };
        var purge = new Command("purge", "Purges responses from the running edge's cache.") { path };
        purge.SetAction(async (parsed, cancellationToken) =>
        {
            var admin = EdgeAdmin.Read(parsed.GetValue(data)?.FullName ?? DataDirectory(given: null, Repository.FindRoot()));
            Console.Out.WriteLine($"purged {await admin.PurgeAsync(parsed.GetValue(path)!, cancellationToken)}");
            return 0;
        });
        return purge;
    }

    private static DevelopmentTokens OpenTokens(DirectoryInfo? data)
    {
        var repository = data is null ? Repository.FindRoot() : "";
        return RunOptions.OpenTokens(repository, DataDirectory(data, repository), ownKey: data is not null);
    }

    private static string DataDirectory(DirectoryInfo? given, string repository) =>
        given?.FullName ?? Path.Combine(repository, ".localcloud");
}
