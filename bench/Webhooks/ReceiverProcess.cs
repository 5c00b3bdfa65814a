using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Webhooks;

/// <summary>A receiver of webhooks in a process of its own, so that its garbage collections do not slow the sender down.</summary>
internal sealed class ReceiverProcess : IAsyncDisposable
{
    private const string Command = "receive";

    private readonly Process _process;

    private ReceiverProcess(Process process, Uri url) => (_process, Url) = (process, url);

    /// <summary>The last segment of a request's path is the size of its response, in bytes.</summary>
    public Uri Url { get; }

    public static async Task<ReceiverProcess> StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["webhooks", Command]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return new ReceiverProcess(process, new Uri(line ?? throw new CommandException("The receiver's process ended before it listened.")));
    }

    /// <summary>The hidden subcommand that the process runs.</summary>
    public static Command CreateCommand()
    {
        var receive = new Command(Command, "Receives webhooks until standard input ends. The bench starts this command by itself.") { Hidden = true };
        receive.SetAction((_, cancellationToken) => ReceiveAsync(cancellationToken));
        return receive;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Reads every request to its end, and responds with as many bytes as the path says.</summary>
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
