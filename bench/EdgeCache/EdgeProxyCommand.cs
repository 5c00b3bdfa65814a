using System.CommandLine;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>The <c>edge-proxy</c> command. It runs an edge for test suites that bring their own origin.</summary>
internal static class EdgeProxyCommand
{
    public static Command Create()
    {
        var origin = new Option<Uri>("--origin")
        {
            Description = "The base address of the origin.",
            DefaultValueFactory = _ => new("http://127.0.0.1:8000/"),
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens.Single().Value, UriKind.Absolute, out var address))
                {
                    return address;
                }

                result.AddError("--origin must be an absolute URL.");
                return null;
            },
        };
        var port = NumberOption.Create("--port", "Port of the edge.", 8001, 1, 65_535);
        var command = new Command(
            "edge-proxy",
            "[until it is stopped] Runs an edge that caches all paths in front of any origin, for test suites such as http-tests/cache-tests.")
        {
            origin,
            port,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(origin)!, parsed.GetValue(port), cancellationToken));
        return command;
    }

    private static async Task RunAsync(Uri origin, int port, CancellationToken cancellationToken)
    {
        await using var edge = await LoneEdge.StartAsync(origin, port, cancellationToken);
        Console.WriteLine($"The edge is at {edge.Address} and forwards to {origin}.");
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
