using System.Diagnostics;
using System.Globalization;
using ServerlessScale.Tests.Unit.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

/// <summary>A process that runs the sample docs/webhooks/receiver.mjs.</summary>
internal sealed class NodeReceiver : IAsyncDisposable
{
    private readonly Process _node;

    private NodeReceiver(Process node, int port) => (_node, Url) = (node, new Uri($"http://127.0.0.1:{port}/"));

    public Uri Url { get; }

    /// <param name="variable">The environment variable to set: <c>WEBHOOK_SECRET</c> or <c>WEBHOOK_KEYS</c>.</param>
    public static async Task<NodeReceiver> StartAsync(string variable, string value)
    {
        var start = new ProcessStartInfo(
            StandardWebhooksPeer.Node, [Path.Combine(AppContext.BaseDirectory, "Webhooks", "Samples", "receiver.mjs")])
        {
            RedirectStandardOutput = true,
            Environment = { ["PORT"] = "0", [variable] = value },
        };
        var node = Process.Start(start)!;
        var line = await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return line?.Split(' ') is ["listening", "on", var port]
            ? new NodeReceiver(node, int.Parse(port, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The sample did not start. Its output: {line}");
    }

    /// <summary>Reads the next line of output. The sample writes one line for each delivery that it accepts.</summary>
    public Task<string?> ReadLineAsync() => _node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        _node.Kill();
        await _node.WaitForExitAsync();
        _node.Dispose();
    }
}
