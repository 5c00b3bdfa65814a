using System.CommandLine;
using System.Runtime.CompilerServices;
using ServerlessScale.Engines.ImageSharp;
using ServerlessScale.Engines.Vips;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Bench.Images;

/// <summary>The <c>images</c> command, which compares the app's image engines with sharp from npm.</summary>
internal static class ImagesCommand
{
    private const int WarmUps = 1;
    private const int FirstImages = 3;

    private static readonly int[] Widths = [1920, 960, 480, 160];

    /// <summary>Our engines by their names in the build property <c>ImageEngine</c>.</summary>
    private static readonly (string Name, string Property)[] Engines = [("libvips", "vips"), ("ImageSharp", "imagesharp")];

    public static Command Create()
    {
        var photo = new Option<string[]>("--photo")
        {
            Description = "A JPEG photograph, at least 1,920 pixels wide. The option can be repeated. [default: three of Debian's mate-backgrounds and docs/sample.jpg]",
            HelpName = "FILE",
        };
        var runs = NumberOption.Create("--runs", "Number of timed runs of each contender and photograph.", 5, 1, 10_000);
        var package = new Option<bool>("--package") { Description = "Also publish the app with each engine, and report the size of the package. [3 minutes]" };
        var save = new Option<DirectoryInfo?>("--save") { Description = "A folder for the variants, to look at them.", HelpName = "FOLDER" };
        var command = new Command(
            "images",
            "[5 minutes] Does the whole job of an image (four widths, WebP and JPEG) for several photographs, with our two engines and with "
            + "sharp from npm. Compares processor time, time, similarity at equal size, memory, the first image of a process, and the package.")
        {
            photo, runs, package, save,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(photo) ?? [], parsed.GetValue(runs), parsed.GetValue(package), parsed.GetValue(save)?.FullName, cancellationToken));
        return command;
    }

    private static async Task RunAsync(string[] given, int runs, bool package, string? save, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("images").FullName;
        try
        {
            var photos = Photographs.Prepare(given, folder);
            var results = await ProgressDisplay.ShowAsync(async progress =>
            {
                var all = new List<PhotoResult>();
                await using var peer = await SharpPeer.StartAsync(SharpFolder(), progress, cancellationToken);
                progress.Begin((photos.Count * (WarmUps + runs + 1)) + Engines.Length + 1);
                foreach (var photo in photos)
                {
                    all.Add(await CompareAsync(photo, peer, runs, progress, cancellationToken));
                    if (save is not null)
                    {
                        Directory.CreateDirectory(save);
                        Array.ForEach(all[^1].Contenders, contender => contender.Save(save, all[^1].Photo));
                    }
                }

                return all;
            });
            var needs = await ProgressDisplay.ShowAsync(progress => NeedsAsync(photos[0], progress, cancellationToken));
            var packages = new Dictionary<string, double>();
            foreach (var (name, property) in Engines.Where(_ => package))
            {
                packages[name] = await PackageSize.MeasureAsync(property, folder, cancellationToken);
            }

            Write(results, needs, packages, runs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<PhotoResult> CompareAsync(
        string path, SharpPeer peer, int runs, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        var reference = await peer.AskAsync(new PeerRequest("reference", Widths) { Photo = path, Keep = true });
        var photo = await File.ReadAllBytesAsync(path, cancellationToken);
        byte[][][] references = [reference.Variants!, Photographs.Reference(photo, Widths)];
        Contender[] contenders =
        [
            Contender.Sharp("sharp, best (decodes once, cascade)", peer, "cascade", Widths),
            Contender.Sharp("sharp, documented (a pipeline per variant)", peer, "pipelines", Widths),
            Contender.Ours("ours, libvips", photo, Widths, options => new VipsEngine(options)),
            Contender.Ours("ours, ImageSharp", photo, Widths, options => new ImageSharpEngine(options)),
        ];
        var similarities = new Dictionary<(string, string), double>();
        foreach (var format in Contender.Formats)
        {
            await contenders[0].RenderStandardAsync(format);
            await contenders[1].RenderStandardAsync(format);
            var bytes = contenders[0].Bytes(format);
            foreach (var contender in contenders)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (contender.IsOurs)
                {
                    await contender.MatchAsync(format, bytes);
                }

                similarities[(contender.Name, format)] = contender.Similarity(format, references, bytes);
            }
        }

        var name = Path.GetFileNameWithoutExtension(path);
        progress.Step($"{name}: the qualities match the size of sharp's variants");
        for (var run = -WarmUps; run < runs; run++)
        {
            foreach (var contender in contenders)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await contender.TimeAsync(record: run >= 0);
            }

            progress.Step(run < 0 ? $"{name}: warm-up" : $"{name}: run {run + 1} of {runs}");
        }

        return new PhotoResult(name, contenders, similarities);
    }

    private static async Task<Dictionary<string, FirstImage>> NeedsAsync(string photo, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        progress.Begin(Engines.Length + 1);
        var needs = new Dictionary<string, FirstImage>();
        foreach (var (name, _) in Engines)
        {
            var firsts = new List<FirstImage>();
            for (var i = 0; i < FirstImages; i++)
            {
                firsts.Add(await FreshProcess.MeasureAsync(name, photo, cancellationToken));
            }

            needs[name] = MedianOf(firsts);
            progress.Step($"{name}: the first image of a process");
        }

        var sharp = new List<FirstImage>();
        for (var i = 0; i < FirstImages; i++)
        {
            await using var peer = await SharpPeer.StartAsync(SharpFolder(), progress, cancellationToken);
            var response = await peer.AskAsync(
                new PeerRequest("cascade", Widths) { Photo = photo, Qualities = new Dictionary<string, int> { ["webp"] = 80, ["jpg"] = 80 } });
            sharp.Add(new FirstImage(response.Milliseconds, response.ProcessorMilliseconds, FreshProcess.PeakMegabytes($"{peer.ProcessId}")));
        }

        needs["sharp"] = MedianOf(sharp);
        progress.Step("sharp: the first image of a process");
        return needs;
    }

    private static FirstImage MedianOf(IReadOnlyList<FirstImage> images) => new(
        Percentile.Median([.. images.Select(image => image.Milliseconds)]),
        Percentile.Median([.. images.Select(image => image.ProcessorMilliseconds)]),
        Percentile.Median([.. images.Select(image => image.PeakMegabytes)]));

    private static void Write(
        List<PhotoResult> results, Dictionary<string, FirstImage> needs, Dictionary<string, double> packages, int runs)
    {
        Console.WriteLine();
        Console.WriteLine(
            $"The whole job of {results.Count} photographs ({string.Join(", ", results.Select(result => result.Photo))}): widths {string.Join(", ", Widths)}, WebP and "
            + $"JPEG. {runs} interleaved runs after {WarmUps} warm-ups. Each contender's qualities are chosen so that its files have as many bytes as "
            + "those of sharp's best at quality 80. A ratio is the geometric mean over the photographs, and the largest ratio is in parentheses. SSIM is the "
            + "average over the photographs and widths at equal size, and the worst photograph's difference to sharp's best is in parentheses. Memory "
            + "and the first image are those of a new process that renders the first photograph.");
        Console.WriteLine();
        var table = new MarkdownTable(
            "Contender", "processor ms", "to sharp's best", "to documented", "time ms", "to sharp's best", "WebP SSIM", "JPEG SSIM", "peak MB",
            "first image ms", "its processor ms", "zip MB");
        for (var i = 0; i < results[0].Contenders.Length; i++)
        {
            var name = results[0].Contenders[i].Name;
            var engine = needs.Keys.FirstOrDefault(key => name.EndsWith(key, StringComparison.Ordinal)) ?? (i == 0 ? "sharp" : "");
            var need = needs.GetValueOrDefault(engine);
            table.Add(
                name,
                $"{GeometricMean(results.Select(result => result.Contenders[i].ProcessorMedian)):F0}",
                Ratio(results, i, 0, contender => contender.ProcessorMedian),
                Ratio(results, i, 1, contender => contender.ProcessorMedian),
                $"{GeometricMean(results.Select(result => result.Contenders[i].Median)):F0}",
                Ratio(results, i, 0, contender => contender.Median),
                Similar(results, name, "webp"),
                Similar(results, name, "jpg"),
                need is null ? "" : $"{need.PeakMegabytes:F0}",
                need is null ? "" : $"{need.Milliseconds:F0}",
                need is null ? "" : $"{need.ProcessorMilliseconds:F0}",
                packages.TryGetValue(engine, out var size) ? $"{size:F1}" : "");
        }

        table.Write(Console.Out);
    }

    private static string Ratio(List<PhotoResult> results, int contender, int to, Func<Contender, double> time)
    {
        double[] ratios = [.. results.Select(result => time(result.Contenders[contender]) / time(result.Contenders[to]))];
        return $"{GeometricMean(ratios):F2} ({ratios.Max():F2})";
    }

    private static string Similar(List<PhotoResult> results, string name, string format)
    {
        var mean = results.Average(result => result.Similarities[(name, format)]);
        var worst = results.Min(result => result.Similarities[(name, format)] - result.Similarities[(result.Contenders[0].Name, format)]);
        return $"{mean:F4} ({worst:+0.0000;-0.0000;0})";
    }

    private static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));

    private static string SharpFolder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "sharp");

    private sealed record PhotoResult(string Photo, Contender[] Contenders, Dictionary<(string Contender, string Format), double> Similarities);
}
