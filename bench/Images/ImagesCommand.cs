using System.CommandLine;
using System.Runtime.CompilerServices;
using ServerlessScale.Engines.Vips;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Bench.Images;

/// <summary>Compares the image engines with sharp from npm.</summary>
internal static class ImagesCommand
{
    private static readonly int[] Widths = [1920, 960, 480, 160];

    public static Command Create()
    {
        var photo = new Option<string?>("--photo") { Description = "A JPEG photograph instead of the one made of Debian's mate-backgrounds." };
        var runs = new Option<int>("--runs") { Description = "Timed runs of each contender.", DefaultValueFactory = _ => 15 };
        var command = new Command("images", "The image ladder against sharp from npm, one thread each, in interleaved runs.") { photo, runs };
        command.SetAction(parsed => RunAsync(parsed.GetValue(photo), parsed.GetValue(runs)));
        return command;
    }

    private static async Task<int> RunAsync(string? given, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("image-ladder").FullName;
        try
        {
            var path = Photo.Prepare(given, folder);
            await using var peer = await SharpPeer.StartAsync(Path.Combine(ProjectFolder(), "sharp"));
            var reference = await peer.AskAsync(new PeerRequest("reference", Widths) { Photo = path, Keep = true });
            var photo = await File.ReadAllBytesAsync(path);
            byte[][][] references = [reference.Variants!, Photo.Reference(photo, Widths)];
            foreach (var format in (string[])["jpg", "webp"])
            {
                await CompareAsync(format, photo, peer, references, runs);
            }

            return 0;
        }
        catch (FileNotFoundException missing)
        {
            await Console.Error.WriteLineAsync(missing.Message);
            return 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CompareAsync(string format, byte[] photo, SharpPeer peer, byte[][][] references, int runs)
    {
        var baseline = Contender.Sharp("sharp, cascade", peer, "cascade", format, Widths);
        var pipelines = Contender.Sharp("sharp, pipeline per size", peer, "perSize", format, Widths);
        Contender[] contenders =
        [
            baseline,
            pipelines,
            Contender.Ours("ours, ImageSharp", photo, format, Widths, options => new ImageSharpEngine(options)),
            Contender.Ours("ours, libvips", photo, format, Widths, options => new VipsEngine(options)),
        ];
        await baseline.MakeAsync();
        foreach (var contender in contenders)
        {
            await contender.MatchSizeAsync(baseline.Bytes);
            await contender.MakeAsync();
        }

        for (var run = -5; run < runs; run++)
        {
            foreach (var contender in contenders)
            {
                await contender.TimeAsync(record: run >= 0);
            }
        }

        Console.WriteLine();
        Console.WriteLine($"{format} to {string.Join('/', Widths)}, {runs} interleaved runs after 5 to warm up; each quality chosen for sharp's size at quality 80");
        Console.WriteLine("times in ms; ratios of medians to sharp's two ways, cascade / pipeline; SSIM by width against the whole original through the Lanczos of sharp | ImageSharp");
        Console.WriteLine($"{"",-26}{"quality",8}{"min",8}{"median",8}{"ratio",13}{"cpu",8}{"ratio",13}{"bytes",11}{"size",9}  SSIM");
        foreach (var contender in contenders)
        {
            var similarity = references.Select(reference =>
                string.Join(' ', reference.Zip(contender.Variants, (original, variant) => Similarity.Ssim(original, variant).ToString("F4"))));
            Console.WriteLine(
                $"{contender.Name,-26}{contender.Quality,8}{contender.Minimum,8:F0}{contender.Median,8:F0}{Ratios(each => each.Median),13}{contender.CpuMedian,8:F0}{Ratios(each => each.CpuMedian),13}"
                + $"{contender.Bytes,11:N0}{(double)contender.Bytes / baseline.Bytes,9:P1}  {string.Join(" | ", similarity)}");

            string Ratios(Func<Contender, double> time) => $"{time(contender) / time(baseline):F2} / {time(contender) / time(pipelines):F2}";
        }
    }

    private static string ProjectFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
