using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Engines.ImageSharp;
using ServerlessScale.Engines.Vips;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>What happened to a file.</summary>
/// <param name="Probe">The outcome of the probe: <c>ready</c>, a code of a rejection, or the type of an unexpected exception.</param>
/// <param name="Engines">The outcome of each engine that the file reached.</param>
/// <param name="Peaks">The largest resident memory of the process in megabytes, for the probe and each engine.</param>
/// <param name="Milliseconds">The time for the probe and all engines.</param>
internal sealed record FuzzOutcome(string Probe, Dictionary<string, string> Engines, Dictionary<string, double> Peaks, double Milliseconds)
{
    public double PeakMegabytes => Peaks.Values.DefaultIfEmpty().Max();
}

[JsonSerializable(typeof(FuzzOutcome))]
internal sealed partial class FuzzJson : JsonSerializerContext;

/// <summary>
/// Handles files as the app does: the probe first, then each engine, with the default settings. Runs in a process of its own, because a file
/// may crash the native decoders or keep them busy for ever.
/// </summary>
internal static class FuzzWorker
{
    public const string CommandName = "images-fuzz-worker";
    public const string Ready = "ready";

    private static readonly ImageOptions Options = new();

    private static readonly (string Name, IImageEngine Engine)[] Engines =
    [
        ("libvips", new VipsEngine(Microsoft.Extensions.Options.Options.Create(Options))),
        ("ImageSharp", new ImageSharpEngine(Microsoft.Extensions.Options.Options.Create(Options))),
    ];

    /// <summary>
    /// The hidden command that a worker process runs. It reads files from the standard input, each after its length in four bytes, and writes
    /// an outcome per line.
    /// </summary>
    public static Command Create()
    {
        var command = new Command(CommandName, "Handles files from the standard input and writes outcomes as JSON.") { Hidden = true };
        command.SetAction(async (_, cancellationToken) =>
        {
            using var input = new BinaryReader(Console.OpenStandardInput());
            await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
            while (ReadLength(input) is { } length)
            {
                var outcome = await HandleAsync(input.ReadBytes(length), cancellationToken, ResetPeak);
                await output.WriteLineAsync(JsonSerializer.Serialize(outcome, FuzzJson.Default.FuzzOutcome));
            }
        });
        return command;
    }

    /// <summary>Handles a file in this process.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Stops before the next variant.</param>
    /// <param name="before">Runs before the probe and before each engine.</param>
    public static async Task<FuzzOutcome> HandleAsync(byte[] file, CancellationToken cancellationToken, Action? before = null)
    {
        var started = Stopwatch.GetTimestamp();
        var (engines, peaks) = (new Dictionary<string, string>(), new Dictionary<string, double>());
        before?.Invoke();
        var probe = await OutcomeAsync(() => Task.FromResult(ImageProbe.Read(new MemoryStream(file, writable: false), Options).Header.Pixels > 0));
        peaks["probe"] = PeakMegabytes();
        if (probe == Ready)
        {
            foreach (var (name, engine) in Engines)
            {
                before?.Invoke();
                engines[name] = await OutcomeAsync(() => RenderAsync(engine, file, cancellationToken));
                peaks[name] = PeakMegabytes();
            }
        }

        return new FuzzOutcome(probe, engines, peaks, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static async Task<bool> RenderAsync(IImageEngine engine, byte[] file, CancellationToken cancellationToken)
    {
        using var source = new MemoryStream(file, writable: false);
        var probed = ImageProbe.Read(source, Options);
        var variants = 0;
        await foreach (var variant in engine.RenderAsync(source, probed, new RenderReport(), cancellationToken))
        {
            variants += variant.Content.Length > 0 ? 1 : 0;
        }

        return variants > 0;
    }

    private static async Task<string> OutcomeAsync(Func<Task<bool>> handle)
    {
        try
        {
            return await handle() ? Ready : "nothing";
        }
        catch (ImageRejectedException rejected)
        {
            return rejected.Code;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception.ToString();
        }
    }

    private static int? ReadLength(BinaryReader input)
    {
        try
        {
            return input.ReadInt32();
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }

    private static double PeakMegabytes() => OperatingSystem.IsLinux() ? FreshProcess.PeakMegabytes("self") : 0;

    /// <summary>
    /// Sets the peak to the present memory (proc(5), clear_refs), so that a large file does not hide the later files. Collects the garbage of
    /// a large file, too.
    /// </summary>
    private static void ResetPeak()
    {
        const int LargeBytes = 250_000_000;
        if (OperatingSystem.IsLinux())
        {
            if (Environment.WorkingSet > LargeBytes)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }

            File.WriteAllText("/proc/self/clear_refs", "5");
        }
    }
}
