using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using ServerlessScale.Engines.ImageSharp;
using ServerlessScale.Engines.Vips;
using ServerlessScale.Measurement;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Bench.Images;

/// <summary>What a process that renders a single photograph needs.</summary>
/// <param name="Milliseconds">The time from the creation of the engine until the last variant, which includes loading and compiling code.</param>
/// <param name="ProcessorMilliseconds">The processor time in the same period.</param>
/// <param name="PeakMegabytes">The largest resident memory of the process.</param>
internal sealed record FirstImage(double Milliseconds, double ProcessorMilliseconds, double PeakMegabytes);

[JsonSerializable(typeof(FirstImage))]
internal sealed partial class FirstImageJson : JsonSerializerContext;

/// <summary>Measures the first image of a process. Each measurement needs a new process.</summary>
internal static class FreshProcess
{
    private const string Name = "images-first";

    /// <summary>The hidden command that the new process runs.</summary>
    public static Command Create()
    {
        var engine = new Option<string>("--engine") { Required = true };
        var photo = new Option<string>("--photo") { Required = true };
        var command = new Command(Name, "Renders one photograph and prints the time and memory as JSON.") { engine, photo };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(engine)!, parsed.GetValue(photo)!, cancellationToken));
        return command;
    }

    public static async Task<FirstImage> MeasureAsync(string engine, string photo, CancellationToken cancellationToken)
    {
        var start = StartInfo(Name, "--engine", engine, "--photo", photo);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize(output, FirstImageJson.Default.FirstImage)!
            : throw new CommandException($"The process that renders a photograph with {engine} failed: {output}");
    }

    /// <summary>Prepares a process that runs another command of this program. Its output is redirected.</summary>
    public static ProcessStartInfo StartInfo(params string[] arguments)
    {
        var host = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [typeof(FreshProcess).Assembly.Location] : [];
        return new ProcessStartInfo(host, [.. program, .. arguments]) { RedirectStandardOutput = true };
    }

    /// <summary>Reads the largest resident memory of a process in megabytes.</summary>
    public static double PeakMegabytes(string process)
    {
        const string Peak = "VmHWM:";
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(Peak, StringComparison.Ordinal));
        return double.Parse(line[Peak.Length..^2].Trim(), CultureInfo.InvariantCulture) / 1024;
    }

    private static async Task RunAsync(string engine, string path, CancellationToken cancellationToken)
    {
        var photo = await File.ReadAllBytesAsync(path, cancellationToken);
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await RenderAsync(engine, photo, cancellationToken);
        var result = new FirstImage(
            Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds,
            PeakMegabytes("self"));
        Console.WriteLine(JsonSerializer.Serialize(result, FirstImageJson.Default.FirstImage));
    }

    private static async Task RenderAsync(string name, byte[] photo, CancellationToken cancellationToken)
    {
        var options = Options.Create(new ImageOptions());
        IImageEngine engine = name == "libvips" ? new VipsEngine(options) : new ImageSharpEngine(options);
        using var source = new MemoryStream(photo, writable: false);
        var probed = ImageProbe.Read(source, options.Value);
        await foreach (var _ in engine.RenderAsync(source, probed, new RenderReport(), cancellationToken))
        {
        }
    }
}
