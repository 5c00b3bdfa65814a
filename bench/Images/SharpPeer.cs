using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Images;

/// <summary>A request to the Node.js process. It is sent as one line of JSON.</summary>
/// <param name="Way">The rendering method: <c>cascade</c>, <c>pipelines</c> or <c>reference</c>.</param>
internal sealed record PeerRequest(string Way, int[] Widths)
{
    /// <summary>The path of the photograph, or null to reuse the photograph from the previous request.</summary>
    public string? Photo { get; init; }

    /// <summary>The quality of each format, 1 to 100.</summary>
    public IReadOnlyDictionary<string, int> Qualities { get; init; } = new Dictionary<string, int>();

    /// <summary>Whether the response contains the encoded variants.</summary>
    public bool Keep { get; init; }
}

/// <param name="Milliseconds">The elapsed time, excluding the transfer through the pipe.</param>
/// <param name="ProcessorMilliseconds">The processor time of the process, including its background threads and its garbage collector.</param>
/// <param name="Bytes">The size of each variant in bytes.</param>
/// <param name="Variants">The encoded variants, or null unless <see cref="PeerRequest.Keep"/> is set.</param>
internal sealed record PeerResponse(double Milliseconds, double ProcessorMilliseconds, long[] Bytes, byte[][]? Variants);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PeerRequest))]
[JsonSerializable(typeof(PeerResponse))]
internal sealed partial class PeerJson : JsonSerializerContext;

/// <summary>
/// A Node.js process that runs sharp from npm with one thread. Requests and responses are lines of JSON on its standard input and output.
/// </summary>
internal sealed class SharpPeer : IAsyncDisposable
{
    private readonly Process _node;

    private SharpPeer(Process node) => _node = node;

    /// <summary>The id of the Node.js process.</summary>
    public int ProcessId => _node.Id;

    /// <exception cref="CommandException">sharp cannot be installed, or Node.js is missing.</exception>
    public static async Task<SharpPeer> StartAsync(string folder, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "sharp")))
        {
            progress.Say("Installing sharp with npm ci. Later runs skip this step.");
            using var npm = OperatingSystem.IsWindows() ? Start("cmd", ["/c", "npm", "ci"], folder) : Start("npm", ["ci"], folder);
            npm.StandardInput.Close();
            await npm.StandardOutput.ReadToEndAsync(cancellationToken);
            await npm.WaitForExitAsync(cancellationToken);
            if (npm.ExitCode != 0)
            {
                throw new CommandException($"npm ci failed in {folder}. The benchmark needs sharp 0.35.5 from the npm registry.");
            }
        }

        return new SharpPeer(Start("node", ["peer.mjs"], folder));
    }

    public async Task<PeerResponse> AskAsync(PeerRequest request)
    {
        await _node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, PeerJson.Default.PeerRequest));
        var line = await _node.StandardOutput.ReadLineAsync()
            ?? throw new CommandException("The Node.js process that runs sharp ended.");
        return JsonSerializer.Deserialize(line, PeerJson.Default.PeerResponse)!;
    }

    public async ValueTask DisposeAsync()
    {
        _node.StandardInput.Close();
        await _node.WaitForExitAsync();
        _node.Dispose();
    }

    private static Process Start(string command, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["VIPS_CONCURRENCY"] = "1";
        start.Environment["UV_THREADPOOL_SIZE"] = "1";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new CommandException($"{command} cannot be started: {failure.Message}. The benchmark needs Node.js.", failure);
        }
    }
}
