using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Bench.Images;

internal sealed record PeerRequest(string Way, int[] Widths)
{
    public string? Photo { get; init; }

    public string Format { get; init; } = "jpg";

    public int Quality { get; init; }

    /// <summary>libwebp's method, 0 to 6; 4 is sharp's default.</summary>
    public int Effort { get; init; } = 4;

    /// <summary>Whether the encoded variants are wanted.</summary>
    public bool Keep { get; init; }
}

/// <param name="Milliseconds">On the clock.</param>
/// <param name="CpuMilliseconds">Of the whole process, its background threads and garbage collector too.</param>
/// <param name="Bytes">Of each variant.</param>
/// <param name="Variants">Where they were asked for.</param>
internal sealed record PeerAnswer(double Milliseconds, double CpuMilliseconds, long[] Bytes, byte[][]? Variants);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PeerRequest))]
[JsonSerializable(typeof(PeerAnswer))]
internal sealed partial class PeerJson : JsonSerializerContext;

/// <summary>sharp from npm in a Node.js process of its own, on one thread, asked over a pipe.</summary>
internal sealed class SharpPeer : IAsyncDisposable
{
    private readonly Process _node;

    private SharpPeer(Process node) => _node = node;

    public static async Task<SharpPeer> StartAsync(string folder)
    {
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "sharp")))
        {
            Console.WriteLine("Installing sharp with npm ci (first run only) ...");
            using var npm = OperatingSystem.IsWindows() ? Start("cmd", ["/c", "npm", "ci"], folder) : Start("npm", ["ci"], folder);
            npm.StandardInput.Close();
            await npm.StandardOutput.ReadToEndAsync();
            await npm.WaitForExitAsync();
            if (npm.ExitCode != 0)
            {
                throw new InvalidOperationException($"npm ci failed in {folder}; sharp 0.35.5 is needed from the npm registry.");
            }
        }

        return new SharpPeer(Start("node", ["peer.mjs"], folder));
    }

    public async Task<PeerAnswer> AskAsync(PeerRequest request)
    {
        await _node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, PeerJson.Default.PeerRequest));
        var line = await _node.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The sharp process ended.");
        return JsonSerializer.Deserialize(line, PeerJson.Default.PeerAnswer)!;
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
        return Process.Start(start)!;
    }
}
