using System.Runtime.CompilerServices;
using System.Text;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>
/// An image engine that returns two fake variants, and of an upgrade two more. It runs an action before or between them, so that a
/// test can interfere with a running job.
/// </summary>
internal sealed class ScriptedEngine(Func<Task>? between = null, Func<Task>? beforeUpgrade = null) : IImageEngine
{
    private int _renderings;

    public int Renderings => _renderings;

    public async IAsyncEnumerable<RenderedVariant> RenderAsync(
        Stream source, ProbedImage probed, RenderReport report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _renderings);
        yield return new RenderedVariant(480, 360, "webp", "webp"u8.ToArray());
        if (between is not null)
        {
            await between();
        }

        yield return new RenderedVariant(480, 360, "jpg", "jpeg"u8.ToArray());
    }

    public async IAsyncEnumerable<RenderedVariant> UpgradeAsync(
        Stream source, ProbedImage probed, IReadOnlyCollection<VariantName> present, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _renderings);
        if (beforeUpgrade is not null)
        {
            await beforeUpgrade();
        }

        if (!present.Contains(new VariantName(160, "avif")))
        {
            yield return new RenderedVariant(160, 120, "avif", "avif"u8.ToArray());
        }

        if (between is not null)
        {
            await between();
        }

        yield return new RenderedVariant(480, 360, "avif", "avif"u8.ToArray());
    }

    public async Task<byte[]> RenderSizeAsync(Stream source, ProbedImage probed, ImageSize size, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _renderings);
        if (between is not null)
        {
            await between();
        }

        return Encoding.UTF8.GetBytes(size.ToString());
    }
}
