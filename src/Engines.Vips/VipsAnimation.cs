using NetVips;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Engines.Vips;

/// <summary>
/// Renders the animated variant of a GIF or WebP file. libvips loads an animation as one tall image, in which the composited frames follow
/// each other. Each frame is reduced on its own, because reducing the tall image would blend the edges of neighbouring frames.
/// </summary>
internal sealed class VipsAnimation(ImageOptions options)
{
    /// <summary>The libwebp method, 0 (fastest) to 6 (smallest file). libwebp encodes a frame in several ways and keeps the smallest.</summary>
    private const int WebpEffort = 2;

    /// <returns>A WebP file with the frame delays and the loop count of the animation. Null when its frames cannot be decoded.</returns>
    public async Task<byte[]?> RenderAsync(Stream source, ProbedImage probed, Rung rung, CancellationToken cancellationToken)
    {
        var bytes = new byte[source.Length];
        source.Position = 0;
        await source.ReadExactlyAsync(bytes, cancellationToken);
        var frames = new List<Image>(probed.Header.Frames);
        try
        {
            using var opened = Image.NewFromBuffer(
                bytes, strOptions: $"n={probed.Header.Frames}", access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
            if ((opened.Width, opened.Height) != (probed.Stored.Width, probed.Stored.Height * probed.Header.Frames))
            {
                // The decoder and the probe disagree about the canvas or the frames, which happens only with malformed files.
                return null;
            }

            for (var index = 0; index < probed.Header.Frames; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                frames.Add(Reduce(opened, index, probed, rung));
            }

            return Encode(frames, opened, rung);
        }
        catch (VipsException)
        {
            return null;
        }
        finally
        {
            frames.ForEach(frame => frame.Dispose());
        }
    }

    private static Image Reduce(Image animation, int index, ProbedImage probed, Rung rung)
    {
        var profile = IccMatrixProfile.IsSrgb(probed.IccProfile) ? null : probed.IccProfile;
        var (width, height) = probed.Header.Orientation < 5 ? (rung.Width, rung.Height) : (rung.Height, rung.Width);
        using var frame = animation.Crop(0, index * probed.Stored.Height, probed.Stored.Width, probed.Stored.Height);
        using var still = frame.Mutate(image =>
        {
            VipsEngine.SetProfile(image, profile);
            foreach (var field in (string[])["page-height", "n-pages", "delay", "loop"])
            {
                image.Remove(field);
            }
        });
        using var reduced = still.ThumbnailImage(
            width, height, Enums.Size.Force, noRotate: true, outputProfile: profile is null ? null : VipsEngine.Srgb);
        using var stored = reduced.CopyMemory();
        return VipsEngine.Orient(stored, probed.Header.Orientation);
    }

    private byte[] Encode(IReadOnlyList<Image> frames, Image animation, Rung rung)
    {
        var delays = (int[])animation.Get("delay");
        var loops = (int)animation.Get("loop");
        using var joined = Image.Arrayjoin([.. frames], across: 1);
        using var timed = joined.Mutate(image =>
        {
            image.Set(GValue.ArrayIntType, "delay", delays);
            image.Set(GValue.GIntType, "loop", loops);
        });
        return timed.WebpsaveBuffer(q: options.WebpQuality, effort: WebpEffort, pageHeight: rung.Height, keep: Enums.ForeignKeep.None);
    }
}
