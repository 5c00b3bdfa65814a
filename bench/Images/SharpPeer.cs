using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Images;

/// <summary>One line of JSON that is written to the Node.js process.</summary>
/// <param name="Way"><c>cascade</c>, <c>perSize</c> or <c>reference</c>.</param>
internal sealed record PeerRequest(string Way, int[] Widths)
{
    /// <summary>The path of the photograph; null keeps the one of the last request.</summary>
    public string? Photo { get; init; }

    public string Format { get; init; } = "jpg";

    public int Quality { get; init; }

    /// <summary>The method of libwebp, 0 to 6. sharp uses 4 by default.</summary>
    public int Effort { get; init; } = 4;

    /// <summary>Whether the response contains the encoded variants.</summary>
    public bool Keep { get; init; }
}

/// <param name="Milliseconds">The elapsed time, without the transfer through the pipe.</param>
/// <param name="CpuMilliseconds">The processor time of the whole process, including its background threads and garbage collector.</param>
/// <param name="Bytes">The size of each variant.</param>
/// <param name="Variants">The encoded variants; null if the request did not ask for them.</param>
internal sealed record PeerResponse(double Milliseconds, double CpuMilliseconds, long[] Bytes, byte[][]? Variants);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PeerRequest))]
[JsonSerializable(typeof(PeerResponse))]
internal sealed partial class PeerJson : JsonSerializerContext;

/// <summary>sharp from npm in a Node.js process with one thread. Requests and responses are lines of JSON on its standard input and output.</summary>
internal sealed class SharpPeer : IAsyncDisposable
{
    private readonly Process _node;

    private SharpPeer(Process node) => _node = node;

    /// <exception cref="CommandException">sharp cannot be installed, or there is no Node.js.</exception>
    public static async Task<SharpPeer> StartAsync(string folder, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "sharp")))
        {
            progress.Say("Installing sharp with npm ci, which is done once.");
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
