using System.ComponentModel.DataAnnotations;

namespace ServerlessScale.Shared.Images;

/// <summary>Settings <c>Images:*</c>: limits that keep one upload from costing more than it may, and the ladder.</summary>
public sealed class ImageOptions
{
    public const string Section = "Images";

    /// <summary>Largest upload in bytes; past it the answer is 413. Default 25 MiB.</summary>
    [Range(1, 1024L * 1024 * 1024)]
    public long MaxBytes { get; set; } = 25 * 1024 * 1024;

    /// <summary>Largest width times height that will be decoded. Default 50 megapixels, 200 MB of pixels.</summary>
    [Range(1, 1_000_000_000)]
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>Most frames an animation may have; it is never decoded past the first. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxFrames { get; set; } = 1_000;

    /// <summary>The widest rung that may be asked for: what WebP can hold.</summary>
    public const int MaxWidth = 16_383;

    /// <summary>Widths of the ladder in pixels, each once, 1 to <see cref="MaxWidth"/>. Rungs wider than the image are left out; an image narrower than all gets one at its own width.</summary>
    [MinLength(1)]
    public int[] Widths { get; set; } = [1920, 960, 480, 160];

    /// <summary>Formats of each rung, in order: <c>webp</c>, <c>jpg</c>, and <c>avif</c> where the engine can. Default WebP and JPEG.</summary>
    [MinLength(1)]
    public string[] Formats { get; set; } = ["webp", "jpg"];

    /// <summary>JPEG quality, 1 to 100. Default 80.</summary>
    [Range(1, 100)]
    public int JpegQuality { get; set; } = 80;

    /// <summary>WebP quality (lossy), 1 to 100. Default 80.</summary>
    [Range(1, 100)]
    public int WebpQuality { get; set; } = 80;

    /// <summary>AVIF quality, 1 to 100, where the engine makes AVIF. Default 50, which looks like 80 of the others.</summary>
    [Range(1, 100)]
    public int AvifQuality { get; set; } = 50;

    /// <summary>How long a direct-to-blob upload URL stays valid: 1 minute to 24 hours. Default 15 minutes.</summary>
    public TimeSpan UploadUrlLifetime { get; set; } = TimeSpan.FromMinutes(15);
}
