using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Webhooks;

/// <summary>A webhook receiver in a separate process, so that its garbage collections do not slow down the sender.</summary>
internal sealed class ReceiverProcess : IAsyncDisposable
{
    private const string Command = "receive";

    private readonly Process _process;

    private ReceiverProcess(Process process, Uri url) => (_process, Url) = (process, url);

    /// <summary>The receiver's base URL. Senders append the desired size of the response body, in bytes, as the path.</summary>
    public Uri Url { get; }

    public static async Task<ReceiverProcess> StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["webhooks", Command]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return new ReceiverProcess(process, new Uri(line ?? throw new CommandException("The receiver process ended before it was ready.")));
    }

    /// <summary>Creates the hidden subcommand that the receiver process runs.</summary>
    public static Command CreateCommand()
    {
        var receive = new Command(
            Command, "Receives webhooks until standard input is closed. The benchmark starts this command itself.")
        { Hidden = true };
        receive.SetAction((_, cancellationToken) => ReceiveAsync(cancellationToken));
        return receive;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Reads each request completely, then responds with a body whose size is given by the request's path.</summary>
    private static async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var bodies = new Dictionary<string, byte[]>();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            byte[]? body;
            lock (bodies)
            {
                var path = context.Request.Path.Value!;
                if (!bodies.TryGetValue(path, out body))
                {
                    bodies[path] = body = new byte[int.Parse(path.AsSpan(1), CultureInfo.InvariantCulture)];
                }
            }

            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        });
        await app.StartAsync(cancellationToken);
        Console.WriteLine(app.Urls.First());
        await Console.In.ReadToEndAsync(cancellationToken);
    }
}
