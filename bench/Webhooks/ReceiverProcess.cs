using System.Diagnostics;

namespace ServerlessScale.Bench.Webhooks;

/// <summary><see cref="Receiver"/> in a process of its own, so that its garbage is not the sender's.</summary>
internal sealed class ReceiverProcess : IAsyncDisposable
{
    public const string Command = "receive";

    private readonly Process _process;

    private ReceiverProcess(Process process, Uri url) => (_process, Url) = (process, url);

    public Uri Url { get; }

    public static async Task<ReceiverProcess> StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["webhooks", Command]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return new ReceiverProcess(process, new Uri(line ?? throw new InvalidOperationException("The receiver did not start.")));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
