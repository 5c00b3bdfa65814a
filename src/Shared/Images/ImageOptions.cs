using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Images;

/// <summary>Settings <c>Images:*</c>: the limits on one upload, and the sizes, formats and qualities of its variants.</summary>
public sealed class ImageOptions
{
    public const string Section = "Images";

    /// <summary>The largest value of <see cref="Widths"/>: the widest image that WebP can hold.</summary>
    public const int MaxWidth = 16_383;

    /// <summary>The longest <see cref="UploadUrlLifetime"/>. An upload that is not completed within it is removed.</summary>
    public static readonly TimeSpan MaxUploadUrlLifetime = TimeSpan.FromHours(24);

    /// <summary>Largest upload in bytes; a larger one gets 413. 1 byte to 1 GiB, default 25 MiB.</summary>
    public long MaxBytes { get; set; } = 25 * 1024 * 1024;

    /// <summary>Largest width times height that will be decoded. 1 to 10^9, default 50 megapixels, which take 200 MB of memory.</summary>
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>Most frames that an animation may have, although only the first is decoded. 1 to 10^6, default 1,000.</summary>
    public int MaxFrames { get; set; } = 1_000;

    /// <summary>
    /// Widths of the variants in pixels, all different, 1 to <see cref="MaxWidth"/>; default 1920, 960, 480 and 160. An image is never
    /// enlarged: it gets the widths up to its own, or one variant at its own width when it is narrower than all of them.
    /// </summary>
    public int[] Widths { get; set; } = [1920, 960, 480, 160];

    /// <summary>Formats in which each width is encoded: <c>webp</c>, <c>jpg</c>, or <c>avif</c> where the engine supports it. Default WebP and JPEG.</summary>
    public string[] Formats { get; set; } = ["webp", "jpg"];

    /// <summary>JPEG quality, 1 to 100. Default 80.</summary>
    public int JpegQuality { get; set; } = 80;

    /// <summary>Lossy WebP quality, 1 to 100. Default 80.</summary>
    public int WebpQuality { get; set; } = 80;

    /// <summary>AVIF quality, 1 to 100, where the engine supports AVIF. Default 50, which looks like 80 in the other formats.</summary>
    public int AvifQuality { get; set; } = 50;

    /// <summary>How long an upload URL is valid: 1 minute to 24 hours. Default 15 minutes.</summary>
    public TimeSpan UploadUrlLifetime { get; set; } = TimeSpan.FromMinutes(15);
}

/// <summary>Reports every setting of <see cref="ImageOptions"/> that is out of range, by its full name.</summary>
/// <param name="supportedFormats">The formats that this app's engine can encode.</param>
public sealed class ImageOptionsValidator(IReadOnlyList<string> supportedFormats) : IValidateOptions<ImageOptions>
{
    public ValidateOptionsResult Validate(string? name, ImageOptions options)
    {
        var errors = new List<string>();
        CheckRange(nameof(options.MaxBytes), options.MaxBytes, 1, 1024L * 1024 * 1024);
        CheckRange(nameof(options.MaxPixels), options.MaxPixels, 1, 1_000_000_000);
        CheckRange(nameof(options.MaxFrames), options.MaxFrames, 1, 1_000_000);
        CheckRange(nameof(options.JpegQuality), options.JpegQuality, 1, 100);
        CheckRange(nameof(options.WebpQuality), options.WebpQuality, 1, 100);
        CheckRange(nameof(options.AvifQuality), options.AvifQuality, 1, 100);

        Check(nameof(options.Widths), options.Widths.Length > 0, "must list at least one width");
        Check(
            nameof(options.Widths),
            options.Widths.All(width => width is >= 1 and <= ImageOptions.MaxWidth),
            $"must be between 1 and {ImageOptions.MaxWidth} pixels each");
        Check(nameof(options.Widths), options.Widths.Distinct().Count() == options.Widths.Length, "must not list a width twice");

        Check(nameof(options.Formats), options.Formats.Length > 0, "must list at least one format");
        Check(
            nameof(options.Formats),
            options.Formats.All(supportedFormats.Contains),
            $"must be formats that this app's engine can encode: {string.Join(", ", supportedFormats)}");

        Check(
            nameof(options.UploadUrlLifetime),
            options.UploadUrlLifetime >= TimeSpan.FromMinutes(1) && options.UploadUrlLifetime <= ImageOptions.MaxUploadUrlLifetime,
            $"must be between one minute and {ImageOptions.MaxUploadUrlLifetime.TotalHours} hours");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void CheckRange(string setting, long value, long min, long max) =>
            Check(setting, value >= min && value <= max, $"must be between {min} and {max}");

        void Check(string setting, bool isValid, string requirement)
        {
            if (!isValid)
            {
                errors.Add($"{ImageOptions.Section}:{setting} {requirement}.");
            }
        }
    }
}
