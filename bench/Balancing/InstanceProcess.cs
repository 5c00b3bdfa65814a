using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Balancing;

/// <summary>A simulated instance in a separate process, so that the process can be stopped with SIGSTOP.</summary>
internal sealed class InstanceProcess : IAsyncDisposable
{
    private const string Command = "instance";

    private readonly Process _process;

    private InstanceProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<InstanceProcess> StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["balancing", Command]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return new InstanceProcess(process, new Uri(line ?? throw new CommandException("The instance process ended before it was ready.")));
    }

    /// <summary>Creates the hidden subcommand that the instance process runs.</summary>
    public static Command CreateCommand()
    {
        var instance = new Command(
            Command, "Simulates an instance until standard input is closed. The benchmark starts this command itself.")
        { Hidden = true };
        instance.SetAction(async (_, cancellationToken) =>
        {
            await using var server = await SimulatedInstance.StartAsync(speed: 1);
            Console.WriteLine(server.Address);
            await Console.In.ReadToEndAsync(cancellationToken);
        });
        return instance;
    }

    /// <summary>Sends SIGSTOP. The process keeps its connections, but does not run any more.</summary>
    public async Task FreezeAsync()
    {
        using var kill = Process.Start("kill", ["-STOP", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
