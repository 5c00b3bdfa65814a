using System.CommandLine;
using System.Globalization;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>The <c>images-fuzz</c> command, which sends hostile and damaged files through the probe and both engines.</summary>
internal static class FuzzCommand
{
    private const int MaxMegabytes = 512;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static Command Create()
    {
        var seed = NumberOption.Create("--seed", "Seed of the damages. The same seed always gives the same files.", 1, 0, int.MaxValue);
        var count = NumberOption.Create("--count", "Number of damaged files.", 20_000, 0, 100_000_000);
        var first = NumberOption.Create("--first", "Number of the first damaged file, to continue an earlier run.", 0, 0, 100_000_000);
        var workers = NumberOption.Create("--workers", "Number of worker processes.", 2, 1, 64);
        var hostile = new Option<bool>("--hostile") { Description = "Whether to include the hostile files.", DefaultValueFactory = _ => true };
        var save = new Option<DirectoryInfo?>("--save") { Description = "A folder for the files that fail.", HelpName = "FOLDER" };
        var command = new Command(
            "images-fuzz",
            "[8 minutes] Sends hostile files and damaged files through the probe and both engines in worker processes. Each file must become "
            + "ready or be refused with a code, without a crash or a hang, in at most 512 MB of memory. The exit code is 1 if a file fails.")
        {
            seed, count, first, workers, hostile, save,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = Files(parsed.GetValue(seed), parsed.GetValue(first), parsed.GetValue(count), parsed.GetValue(hostile));
            var results = await ProgressDisplay.ShowAsync(progress => RunAsync(files, parsed.GetValue(workers), progress, cancellationToken));
            return Write(results, parsed.GetValue(save));
        });
        return command;
    }

    private static List<FuzzFile> Files(int seed, int first, int count, bool hostile)
    {
        IEnumerable<FuzzFile> files = hostile ? HostileFile.All.Select(file => new FuzzFile(true, file.Name, file.Create)) : [];
        return [.. files, .. Enumerable.Range(first, count).Select(number => new FuzzFile(
            false, string.Create(CultureInfo.InvariantCulture, $"damaged {number} of seed {seed}"), () => Mutator.Create(seed, number).File))];
    }

    private static async Task<List<(FuzzFile File, FuzzOutcome Outcome)>> RunAsync(
        List<FuzzFile> files, int workers, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        const int Step = 500;
        progress.Begin(files.Count / Step);
        var results = new (FuzzFile, FuzzOutcome)[files.Count];
        var (next, done) = (-1, 0);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(
            async () =>
            {
                using var process = new FuzzProcess(Limit);
                for (var i = Interlocked.Increment(ref next); i < files.Count; i = Interlocked.Increment(ref next))
                {
                    results[i] = (files[i], await process.HandleAsync(files[i].Create(), cancellationToken));
                    if (Interlocked.Increment(ref done) % Step == 0)
                    {
                        progress.Step($"{done} files");
                    }
                }
            },
            cancellationToken)));
        return [.. results];
    }

    private static int Write(List<(FuzzFile File, FuzzOutcome Outcome)> results, DirectoryInfo? save)
    {
        var table = new MarkdownTable("Files", "count", "refused by the probe", "ready with libvips", "ready with ImageSharp", "crashes", "hangs", "unexpected", "peak MB", "longest ms");
        foreach (var (name, files) in ((string, List<FuzzOutcome>)[])[
            ("hostile", [.. results.Where(result => result.File.IsHostile).Select(result => result.Outcome)]),
            ("damaged", [.. results.Where(result => !result.File.IsHostile).Select(result => result.Outcome)])])
        {
            if (files.Count > 0)
            {
                table.Add(
                    name, $"{files.Count:N0}", $"{files.Count(outcome => IsRefusal(outcome.Probe)):N0}",
                    $"{Ready(files, "libvips"):N0}", $"{Ready(files, "ImageSharp"):N0}",
                    $"{files.Count(outcome => outcome.Probe == FuzzProcess.Crash)}", $"{files.Count(outcome => outcome.Probe == FuzzProcess.Hang)}",
                    $"{files.Count(IsUnexpected)}", $"{files.Max(outcome => outcome.PeakMegabytes):F0}", $"{files.Max(outcome => outcome.Milliseconds):F0}");
            }
        }

        table.Write(Console.Out);
        var failed = results.Where(result => Failure(result.Outcome) is not null).ToList();
        foreach (var (file, outcome) in failed)
        {
            Console.WriteLine($"{file.Name}: {Failure(outcome)}");
            if (save is not null)
            {
                save.Create();
                File.WriteAllBytes(Path.Combine(save.FullName, string.Concat(file.Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))), file.Create());
            }
        }

        return failed.Count == 0 ? 0 : 1;
    }

    private static int Ready(List<FuzzOutcome> files, string engine) => files.Count(outcome => outcome.Engines.GetValueOrDefault(engine) == FuzzWorker.Ready);

    private static bool IsRefusal(string outcome) => outcome.StartsWith("image-", StringComparison.Ordinal);

    private static bool IsUnexpected(FuzzOutcome outcome) =>
        outcome.Probe is not (FuzzProcess.Crash or FuzzProcess.Hang)
        && outcome.Engines.Values.Prepend(outcome.Probe).Any(result => result != FuzzWorker.Ready && !IsRefusal(result));

    /// <returns>A description of the failure. Null when the file was handled as it should be.</returns>
    private static string? Failure(FuzzOutcome outcome) => outcome switch
    {
        { Probe: FuzzProcess.Crash or FuzzProcess.Hang } => $"{outcome.Probe} {string.Join(", ", outcome.Engines)}",
        _ when IsUnexpected(outcome) => string.Join("; ", outcome.Engines.Prepend(new("probe", outcome.Probe))),
        { PeakMegabytes: > MaxMegabytes } => $"{string.Join(", ", outcome.Peaks.Select(peak => $"{peak.Key} {peak.Value:F0} MB"))}, {outcome.Milliseconds:F0} ms, {string.Join(", ", outcome.Engines)}",
        _ => null,
    };

    private sealed record FuzzFile(bool IsHostile, string Name, Func<byte[]> Create);
}
