using System.Diagnostics;
using Microsoft.Extensions.Options;
using ServerlessScale.Measurement.Statistics;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Bench.Images;

/// <summary>An image library and a rendering method. A contender renders the photograph at all widths in one format.</summary>
internal sealed class Contender(string name, Func<int, bool, Task<PeerResponse>> run)
{
    private readonly List<double> _times = [];
    private readonly List<double> _cpuTimes = [];

    public string Name => name;

    public int Quality { get; set; } = 80;

    public IReadOnlyList<byte[]> Variants { get; private set; } = [];

    public long Bytes => Variants.Sum(variant => (long)variant.Length);

    public double Minimum => _times.Min();

    public double Median => Percentile.Median(_times);

    public double CpuMedian => Percentile.Median(_cpuTimes);

    public static Contender Ours(string name, byte[] photo, string format, int[] widths, Func<IOptions<ImageOptions>, IImageEngine> create)
    {
        var engines = new Dictionary<int, (IImageEngine Engine, ImageOptions Options)>();
        return new Contender(name, async (quality, keep) =>
        {
            if (!engines.TryGetValue(quality, out var ours))
            {
                var options = new ImageOptions { Formats = [format], Widths = widths, JpegQuality = quality, WebpQuality = quality };
                engines[quality] = ours = (create(Options.Create(options)), options);
            }

            var variants = new List<byte[]>();
            var bytes = new List<long>();
            var cpu = Environment.CpuUsage.TotalTime;
            var started = Stopwatch.GetTimestamp();
            using var source = new MemoryStream(photo, writable: false);
            var probed = ImageProbe.Read(source, ours.Options);
            await foreach (var variant in ours.Engine.RenderAsync(source, probed, new RenderReport(), CancellationToken.None))
            {
                bytes.Add(variant.Content.Length);
                if (keep)
                {
                    variants.Add(variant.Content.ToArray());
                }
            }

            var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            return new PeerResponse(elapsed, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, [.. bytes], [.. variants]);
        });
    }

    public static Contender Sharp(string name, SharpPeer peer, string way, string format, int[] widths) =>
        new(name, (quality, keep) => peer.AskAsync(new PeerRequest(way, widths) { Format = format, Quality = quality, Keep = keep }));

    /// <summary>Renders the variants whose size and similarity are reported.</summary>
    public async Task RenderAsync() => Variants = (await run(Quality, true)).Variants!;

    /// <summary>Sets the quality so that the total size of all variants is as close as possible to a target.</summary>
    /// <param name="bytes">The target for the total size of all variants.</param>
    public async Task MatchSizeAsync(long bytes)
    {
        var (low, high) = (1, 100);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = await SizeAsync(middle) < bytes ? (middle + 1, high) : (low, middle);
        }

        var above = await SizeAsync(low) - bytes;
        var below = low > 1 ? bytes - await SizeAsync(low - 1) : long.MaxValue;
        Quality = below < above ? low - 1 : low;
    }

    public async Task TimeAsync(bool record)
    {
        var response = await run(Quality, false);
        if (record)
        {
            _times.Add(response.Milliseconds);
            _cpuTimes.Add(response.CpuMilliseconds);
        }
    }

    private async Task<long> SizeAsync(int quality) => (await run(quality, false)).Bytes.Sum();
}
