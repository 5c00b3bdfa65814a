using System.CommandLine;
using System.Runtime.CompilerServices;
using ServerlessScale.Bench.ImageLadder;
using ServerlessScale.Shared.Images;

const string sharpCascade = "sharp, cascade (its fastest)";
int[] widths = [1920, 960, 480, 160];

var photoOption = new Option<string?>("--photo") { Description = "A JPEG photograph instead of the one made of Debian's mate-backgrounds." };
var runsOption = new Option<int>("--runs") { Description = "Timed runs of each contender.", DefaultValueFactory = _ => 15 };
var command = new RootCommand("The image ladder against sharp from npm, one thread each, in interleaved runs.") { photoOption, runsOption };
command.SetAction(parsed => RunAsync(parsed.GetValue(photoOption), parsed.GetValue(runsOption)));
return await command.Parse(args).InvokeAsync();

async Task<int> RunAsync(string? given, int runs)
{
    var folder = Directory.CreateTempSubdirectory("image-ladder").FullName;
    try
    {
        var path = Photo.Prepare(given, folder);
        await using var peer = await SharpPeer.StartAsync(Path.Combine(ProjectFolder(), "sharp"));
        var reference = await peer.AskAsync(new PeerRequest("reference", widths) { Photo = path, Keep = true });
        foreach (var format in (string[])["jpg", "webp"])
        {
            await CompareAsync(format, await File.ReadAllBytesAsync(path), peer, reference.Variants!, runs);
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

async Task CompareAsync(string format, byte[] photo, SharpPeer peer, byte[][] reference, int runs)
{
    var baseline = Contender.Sharp(sharpCascade, peer, "cascade", format, widths);
    Contender[] contenders =
    [
        baseline,
        Contender.Sharp("sharp, a pipeline a size", peer, "perSize", format, widths),
        Contender.Ours("ours, ImageSharp", photo, format, widths, options => new ImageSharpEngine(options)),
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
    Console.WriteLine($"{format} to {string.Join('/', widths)}, {runs} interleaved runs after 5 to warm up; each quality chosen for sharp's size at quality 80");
    Console.WriteLine($"{"",-30}{"quality",8}{"min ms",9}{"median",9}{"to sharp",10}{"to a pipeline",15}{"bytes",11}{"size",8}  SSIM by width");
    foreach (var contender in contenders)
    {
        var similarity = reference.Zip(contender.Variants, (original, variant) => Similarity.Ssim(original, variant).ToString("F4"));
        Console.WriteLine(
            $"{contender.Name,-30}{contender.Quality,8}{contender.Minimum,9:F1}{contender.Median,9:F1}{contender.Median / baseline.Median,10:F2}{contender.Median / contenders[1].Median,15:F2}"
            + $"{contender.Bytes,11:N0}{(double)contender.Bytes / baseline.Bytes,8:P1}  {string.Join(' ', similarity)}");
    }
}

static string ProjectFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
