using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>A variant that is resized but not yet encoded.</summary>
/// <param name="Rung">The size of the variant.</param>
/// <param name="Format">The format: <c>webp</c>, <c>jpg</c> or <c>avif</c>.</param>
/// <param name="Encode">Encodes the variant. It may run on another thread, and concurrently with other variants.</param>
internal sealed record PendingVariant(Rung Rung, string Format, Func<byte[]> Encode)
{
    /// <param name="rungs">The sizes, widest first.</param>
    /// <param name="images">The image in each of these sizes.</param>
    /// <param name="formats">The formats of each size.</param>
    /// <param name="encode">Encodes an image in a format.</param>
    /// <returns>The variants, narrowest first.</returns>
    public static IReadOnlyList<PendingVariant> Of<TImage>(
        IReadOnlyList<Rung> rungs, IReadOnlyList<TImage> images, IReadOnlyList<string> formats, Func<TImage, string, byte[]> encode) =>
    [
        .. rungs.Zip(images).Reverse()
            .SelectMany(size => formats.Select(format => new PendingVariant(size.First, format, () => encode(size.Second, format)))),
    ];

    public VariantName Name => new(Rung.Width, Format);

    public RenderedVariant Render() => new(Rung.Width, Rung.Height, Format, Encode());
}

/// <summary>The sizes of one image, widest first. Disposing the list disposes the images.</summary>
internal sealed class SizedImages<TImage>(int capacity) : List<TImage>(capacity), IDisposable
    where TImage : IDisposable
{
    public void Dispose() => ForEach(image => image.Dispose());
}

/// <summary>
/// Encodes the variants of one image. The job's own thread begins with the narrowest variant, so that some variants are available early.
/// Threads on idle cores begin with the widest variant, because that one takes longer than all others together.
/// </summary>
internal sealed class VariantEncoding
{
    private readonly IReadOnlyList<PendingVariant> _variants;
    private readonly TaskCompletionSource<byte[]>[] _encoded;
    private readonly List<Task> _helpers = [];
    private readonly Lock _lock = new();
    private int _next;
    private int _last;

    private VariantEncoding(IReadOnlyList<PendingVariant> variants)
    {
        _variants = variants;
        _encoded = [.. variants.Select(_ => new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously))];
        _last = variants.Count - 1;
    }

    /// <param name="variants">The variants, narrowest first.</param>
    /// <param name="report">Receives the time until each variant was encoded.</param>
    /// <param name="cancellationToken">Stops the encoding between two variants.</param>
    /// <returns>The variants in the given order. No thread uses a variant after the enumeration has ended.</returns>
    public static async IAsyncEnumerable<RenderedVariant> RunAsync(
        IReadOnlyList<PendingVariant> variants, RenderReport report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var encoding = new VariantEncoding(variants);
        try
        {
            for (var i = 0; i < variants.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var started = Stopwatch.GetTimestamp();
                encoding.UseIdleCores();
                var content = await encoding.GetAsync(i);
                report.Encode += Stopwatch.GetElapsedTime(started);
                yield return new RenderedVariant(variants[i].Rung.Width, variants[i].Rung.Height, variants[i].Format, content);
            }
        }
        finally
        {
            await encoding.StopAsync();
        }
    }

    private void UseIdleCores()
    {
        while (_next < _last && ProcessorCores.TryOccupy() is { } core)
        {
            _helpers.Add(Task.Run(() => Help(core)));
        }
    }

    private async Task<byte[]> GetAsync(int index)
    {
        if (TakeNarrowest(index))
        {
            return _variants[index].Encode();
        }

        return await _encoded[index].Task;
    }

    private bool TakeNarrowest(int index)
    {
        lock (_lock)
        {
            if (index > _last)
            {
                return false;
            }

            _next = index + 1;
            return true;
        }
    }

    private int? TakeWidest()
    {
        lock (_lock)
        {
            return _next <= _last ? _last-- : null;
        }
    }

    private void Help(IDisposable core)
    {
        using (core)
        {
            while (TakeWidest() is { } index)
            {
                try
                {
                    _encoded[index].SetResult(_variants[index].Encode());
                }
                catch (Exception exception)
                {
                    // The job's thread gets the exception when it reaches this variant.
                    _encoded[index].SetException(exception);
                }
            }
        }
    }

    private async Task StopAsync()
    {
        lock (_lock)
        {
            _last = _next - 1;
        }

        await Task.WhenAll(_helpers);
        foreach (var failed in _encoded.Where(variant => variant.Task.IsFaulted))
        {
            // An exception that nobody has read would be reported as unobserved.
            _ = failed.Task.Exception;
        }
    }
}
