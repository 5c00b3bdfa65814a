using System.Diagnostics;
using Microsoft.Extensions.Options;
using ServerlessScale.Measurement.Statistics;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Bench.Images;

/// <summary>The quality of each format, 1 to 100.</summary>
internal sealed record Qualities(int Webp, int Jpeg)
{
    public static readonly Qualities Standard = new(80, 80);

    public int this[string format] => format == "webp" ? Webp : Jpeg;

    public Qualities With(string format, int quality) => format == "webp" ? this with { Webp = quality } : this with { Jpeg = quality };
}

/// <summary>
/// An image library and a rendering method, applied to one photograph. A contender does the whole job: it renders the photograph at all
/// widths in all formats, the widest size first.
/// </summary>
/// <param name="name">The name in the table.</param>
/// <param name="isOurs">Whether the contender is an engine of the app, and not sharp.</param>
/// <param name="run">Renders the photograph in the given formats. The second argument states whether the variants are kept.</param>
internal sealed class Contender(string name, bool isOurs, Func<IReadOnlyDictionary<string, int>, bool, Task<PeerResponse>> run)
{
    public static readonly string[] Formats = ["webp", "jpg"];

    private const int Lowest = 70;
    private const int Highest = 90;

    private readonly List<double> _times = [];
    private readonly List<double> _processorTimes = [];
    private readonly Dictionary<string, IReadOnlyList<Rendering>> _renderings = [];

    public string Name => name;

    public bool IsOurs => isOurs;

    public Qualities Qualities { get; private set; } = Qualities.Standard;

    public double Median => Percentile.Median(_times);

    public double ProcessorMedian => Percentile.Median(_processorTimes);

    public static Contender Ours(string name, byte[] photo, int[] widths, Func<IOptions<ImageOptions>, IImageEngine> create) =>
        new(name, isOurs: true, async (qualities, keep) =>
        {
            var options = new ImageOptions
            {
                Formats = [.. qualities.Keys],
                Widths = widths,
                JpegQuality = qualities.GetValueOrDefault("jpg", 80),
                WebpQuality = qualities.GetValueOrDefault("webp", 80),
            };
            var engine = create(Options.Create(options));
            var variants = new List<RenderedVariant>();
            var processor = Environment.CpuUsage.TotalTime;
            var started = Stopwatch.GetTimestamp();
            using var source = new MemoryStream(photo, writable: false);
            var probed = ImageProbe.Read(source, options);
            await foreach (var variant in engine.RenderAsync(source, probed, new RenderReport(), CancellationToken.None))
            {
                variants.Add(variant);
            }

            var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var used = (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds;
            RenderedVariant[] ordered = [.. variants.OrderByDescending(variant => variant.Width)];
            return new PeerResponse(elapsed, used, [.. ordered.Select(variant => (long)variant.Content.Length)], keep ? [.. ordered.Select(variant => variant.Content)] : null);
        });

    public static Contender Sharp(string name, SharpPeer peer, string way, int[] widths) =>
        new(name, isOurs: false, (qualities, keep) => peer.AskAsync(new PeerRequest(way, widths) { Qualities = qualities, Keep = keep }));

    /// <summary>Renders the variants of a format at the standard quality. They are the target for the size of other contenders' variants.</summary>
    public async Task RenderStandardAsync(string format) => _renderings[format] = [await RenderAsync(format, Qualities.Standard[format])];

    /// <summary>
    /// Finds the two qualities between which the total size of all variants of a format equals <paramref name="bytes"/>, and renders both.
    /// Chooses the closer one for the measurement of time. The qualities are between <see cref="Lowest"/> and <see cref="Highest"/>.
    /// </summary>
    public async Task MatchAsync(string format, long bytes)
    {
        var (low, high) = (Lowest + 1, Highest);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = await SizeAsync(format, middle) < bytes ? (middle + 1, high) : (low, middle);
        }

        var (below, above) = (await RenderAsync(format, low - 1), await RenderAsync(format, low));
        Qualities = Qualities.With(format, above.Bytes - bytes < bytes - below.Bytes ? low : low - 1);
        _renderings[format] = [below, above];
    }

    public long Bytes(string format) => _renderings[format][0].Bytes;

    /// <summary>
    /// Returns the similarity to the references, averaged over all widths. Between the two qualities that enclose the target size, the
    /// similarity is interpolated, because whole steps of quality change the size by one to two per cent.
    /// </summary>
    public double Similarity(string format, byte[][][] references, long bytes)
    {
        var renderings = _renderings[format];
        var similar = renderings.Select(rendering => references.Average(reference =>
            reference.Zip(rendering.Variants, (original, variant) => Images.Similarity.Ssim(original, variant)).Average())).ToArray();
        if (renderings.Count == 1 || renderings[0].Bytes == renderings[1].Bytes)
        {
            return similar[0];
        }

        var share = Math.Clamp((bytes - renderings[0].Bytes) / (double)(renderings[1].Bytes - renderings[0].Bytes), 0, 1);
        return similar[0] + (share * (similar[1] - similar[0]));
    }

    /// <summary>Writes the variants, so that they can be looked at.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="photo">The start of the file names.</param>
    public void Save(string folder, string photo)
    {
        foreach (var (format, renderings) in _renderings)
        {
            foreach (var (index, variant) in renderings[^1].Variants.Index())
            {
                File.WriteAllBytes(Path.Combine(folder, $"{photo}, {name}, {index + 1}.{format}"), variant);
            }
        }
    }

    public async Task TimeAsync(bool record)
    {
        var response = await run(new Dictionary<string, int> { ["webp"] = Qualities.Webp, ["jpg"] = Qualities.Jpeg }, false);
        if (record)
        {
            _times.Add(response.Milliseconds);
            _processorTimes.Add(response.ProcessorMilliseconds);
        }
    }

    private async Task<Rendering> RenderAsync(string format, int quality) =>
        new((await run(new Dictionary<string, int> { [format] = quality }, true)).Variants!);

    private async Task<long> SizeAsync(string format, int quality) =>
        (await run(new Dictionary<string, int> { [format] = quality }, false)).Bytes.Sum();

    /// <summary>The variants of one format, the widest first.</summary>
    private sealed record Rendering(byte[][] Variants)
    {
        public long Bytes => Variants.Sum(variant => (long)variant.Length);
    }
}
