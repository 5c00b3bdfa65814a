using System.CommandLine;
using System.Runtime.CompilerServices;
using ServerlessScale.Engines.Vips;
using ServerlessScale.Measurement;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Bench.Images;

/// <summary>The <c>images</c> command, which compares the app's image engines with sharp from npm.</summary>
internal static class ImagesCommand
{
    private const int WarmUps = 5;

    private static readonly int[] Widths = [1920, 960, 480, 160];

    public static Command Create()
    {
        var photo = new Option<FileInfo?>("--photo")
        {
            Description = "A JPEG photograph. [default: a photograph from Debian's mate-backgrounds, reduced to 12 megapixels]",
            HelpName = "FILE",
        };
        var runs = NumberOption.Create("--runs", "Number of timed runs of each contender.", 15, 1, 10_000);
        var command = new Command(
            "images",
            "[3 minutes] Renders a photograph at four widths, as JPEG and as WebP, with our two engines and with sharp from npm. Each "
            + "engine uses one thread. Compares time, processor time, size and similarity.")
        {
            photo, runs,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(photo)?.FullName, parsed.GetValue(runs), cancellationToken));
        return command;
    }

    private static async Task RunAsync(string? given, int runs, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("image-ladder").FullName;
        try
        {
            var path = Photo.Prepare(given, folder);
            await using var peer = await ProgressDisplay.ShowAsync(progress => SharpPeer.StartAsync(Path.Combine(ProjectFolder(), "sharp"), progress, cancellationToken));
            var reference = await peer.AskAsync(new PeerRequest("reference", Widths) { Photo = path, Keep = true });
            var photo = await File.ReadAllBytesAsync(path, cancellationToken);
            byte[][][] references = [reference.Variants!, Photo.Reference(photo, Widths)];
            foreach (var format in (string[])["jpg", "webp"])
            {
                await CompareAsync(format, photo, peer, references, runs, cancellationToken);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CompareAsync(
        string format, byte[] photo, SharpPeer peer, byte[][][] references, int runs, CancellationToken cancellationToken)
    {
        var cascade = Contender.Sharp("sharp, cascade", peer, "cascade", format, Widths);
        var perSize = Contender.Sharp("sharp, pipeline per size", peer, "perSize", format, Widths);
        Contender[] contenders =
        [
            cascade,
            perSize,
            Contender.Ours("ours, ImageSharp", photo, format, Widths, options => new ImageSharpEngine(options)),
            Contender.Ours("ours, libvips", photo, format, Widths, options => new VipsEngine(options)),
        ];
        await ProgressDisplay.ShowAsync(async progress =>
        {
            progress.Begin(contenders.Length + WarmUps + runs);
            await cascade.RenderAsync();
            foreach (var contender in contenders)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await contender.MatchSizeAsync(cascade.Bytes);
                await contender.RenderAsync();
                progress.Step($"{format}: at quality {contender.Quality}, {contender.Name} matches the size of sharp's variants");
            }

            for (var run = -WarmUps; run < runs; run++)
            {
                foreach (var contender in contenders)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await contender.TimeAsync(record: run >= 0);
                }

                progress.Step(run < 0 ? $"{format}: warm-up" : $"{format}: run {run + 1} of {runs}");
            }

            return contenders;
        });
        Write(format, contenders, cascade, perSize, references, runs);
    }

    private static void Write(string format, Contender[] contenders, Contender cascade, Contender perSize, byte[][][] references, int runs)
    {
        Console.WriteLine();
        Console.WriteLine(
            $"{format} at widths {string.Join(", ", Widths)}: {runs} interleaved runs after {WarmUps} warm-ups. Each contender's "
            + "quality is chosen so that its files have about as many bytes as sharp's files at quality 80. Times are in milliseconds. The "
            + "first value of a ratio is the contender's median divided by the median of sharp's cascade. The second value is the "
            + "contender's median divided by the median of sharp's pipeline per size. SSIM is shown for each width, first with references "
            + "reduced by sharp's Lanczos filter, then with references reduced by ImageSharp's Lanczos filter.");
        Console.WriteLine();
        var table = new MarkdownTable("Contender", "quality", "min", "median", "ratio", "processor", "ratio", "bytes", "size", "SSIM");
        foreach (var contender in contenders)
        {
            var similarity = references.Select(reference =>
                string.Join(' ', reference.Zip(contender.Variants, (original, variant) => $"{Similarity.Ssim(original, variant):F4}")));
            table.Add(
                contender.Name, $"{contender.Quality}",
                $"{contender.Minimum:F0}", $"{contender.Median:F0}", Ratios(each => each.Median),
                $"{contender.CpuMedian:F0}", Ratios(each => each.CpuMedian),
                $"{contender.Bytes:N0}", $"{(double)contender.Bytes / cascade.Bytes:P1}", string.Join(" | ", similarity));

            string Ratios(Func<Contender, double> time) => $"{time(contender) / time(cascade):F2} / {time(contender) / time(perSize):F2}";
        }

        table.Write(Console.Out);
    }

    private static string ProjectFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
