using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Images;

/// <summary>
/// The <c>Images:*</c> settings, which define the limits of an upload and the sizes, formats and qualities of its variants.
/// </summary>
public sealed class ImageOptions
{
    public const string Section = "Images";

    /// <summary>The largest permitted value in <see cref="Widths"/>, which is the maximum width of a WebP image.</summary>
    public const int MaxWidth = 16_383;

    /// <summary>The largest permitted value of <see cref="MaxBytes"/>: 1 GiB.</summary>
    public const long LargestMaxBytes = 1024 * 1024 * 1024;

    /// <summary>
    /// The maximum value of <see cref="UploadUrlLifetime"/>. An upload that is not completed within this time is removed.
    /// </summary>
    public static readonly TimeSpan MaxUploadUrlLifetime = TimeSpan.FromHours(24);

    /// <summary>
    /// The maximum size of a direct upload in bytes. Larger uploads are rejected with status 413. 1 byte to 1 GiB, default 25 MiB.
    /// </summary>
    public long MaxBytes { get; set; } = 25 * 1024 * 1024;

    /// <summary>
    /// The maximum size in bytes of an image that a client sends through the app (<c>POST /api/images</c>). 1 byte to 100 MiB, default 8
    /// MB. The limit is low, because the Functions host reads the entire body into memory before it calls the function. The firewall rule
    /// <c>BodiesAreSmall</c> in infra/edge-rules.json has the same limit.
    /// </summary>
    public long MaxPostedBytes { get; set; } = 8_000_000;

    /// <summary>
    /// The maximum number of pixels (width times height) of an image. 1 to 10^9, default 50 megapixels, which take up 200 MB of memory.
    /// </summary>
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>The maximum number of frames in an animation, although only the first frame is decoded. 1 to 10^6, default 1,000.</summary>
    public int MaxFrames { get; set; } = 1_000;

    /// <summary>
    /// The widths of the variants in pixels, all different, 1 to <see cref="MaxWidth"/>. Default 1920, 960, 480 and 160. An image is never
    /// enlarged. It is rendered at the widths that do not exceed its own width. If it is narrower than all configured widths, it is
    /// rendered only at its own width.
    /// </summary>
    public int[] Widths { get; set; } = [1920, 960, 480, 160];

    /// <summary>
    /// The formats in which each width is encoded: <c>webp</c>, <c>jpg</c>, or <c>avif</c> if the engine supports it. Default WebP and
    /// JPEG.
    /// </summary>
    public string[] Formats { get; set; } = ["webp", "jpg"];

    /// <summary>The JPEG quality, 1 to 100. Default 80.</summary>
    public int JpegQuality { get; set; } = 80;

    /// <summary>The quality of lossy WebP, 1 to 100. Default 80.</summary>
    public int WebpQuality { get; set; } = 80;

    /// <summary>
    /// The AVIF quality, 1 to 100, used if the engine supports AVIF. Default 50, which looks similar to quality 80 in the other formats.
    /// </summary>
    public int AvifQuality { get; set; } = 50;

    /// <summary>
    /// The formats in which each width is encoded after the image has become ready: any format that the engine supports and that
    /// <see cref="Formats"/> does not contain. Default AVIF if the engine supports it, otherwise none. An empty string stands for no format.
    /// </summary>
    public string[] UpgradeFormats { get; set; } = ["avif"];

    /// <summary>
    /// The time for encoding an image in the formats of its upgrade. When it is used up, no further variant is begun, and the upgrade ends
    /// with the variants that exist. 1 second to 2 minutes, default 60 seconds.
    /// </summary>
    public TimeSpan UpgradeBudget { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The maximum width of the animated variant in pixels. 1 to 1920, default 480. An animation is never enlarged.</summary>
    public int AnimationWidth { get; set; } = 480;

    /// <summary>
    /// The maximum number of frames in an animation that gets an animated variant. 0 to 10,000, default 300 if the engine can encode
    /// animations, otherwise 0, which turns animated variants off.
    /// </summary>
    public int AnimationFrames { get; set; } = 300;

    /// <summary>
    /// The maximum number of pixels of all frames in an animation that gets an animated variant: width times height times frames. 1 to
    /// <see cref="MaxPixels"/>, default 50 megapixels, which take up 200 MB of memory.
    /// </summary>
    public long AnimationPixels { get; set; } = 50_000_000;

    /// <summary>The time during which an upload URL is valid. 1 minute to 24 hours, default 15 minutes.</summary>
    public TimeSpan UploadUrlLifetime { get; set; } = TimeSpan.FromMinutes(15);
}

/// <summary>
/// Checks <see cref="ImageOptions"/>. The error message contains the full name of every setting whose value is not allowed.
/// </summary>
/// <param name="supportedFormats">The formats that this app's engine can encode.</param>
/// <param name="encodesAnimations">Whether this app's engine can encode animations.</param>
public sealed class ImageOptionsValidator(IReadOnlyList<string> supportedFormats, bool encodesAnimations) : IValidateOptions<ImageOptions>
{
    public ValidateOptionsResult Validate(string? name, ImageOptions options)
    {
        var errors = new List<string>();
        CheckRange(nameof(options.MaxBytes), options.MaxBytes, 1, ImageOptions.LargestMaxBytes);
        CheckRange(nameof(options.MaxPostedBytes), options.MaxPostedBytes, 1, 100L * 1024 * 1024);
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
            $"must list only formats that this app's engine can encode: {string.Join(", ", supportedFormats)}");

        Check(
            nameof(options.UpgradeFormats),
            options.UpgradeFormats.All(supportedFormats.Contains),
            $"must list only formats that this app's engine can encode: {string.Join(", ", supportedFormats)}");
        Check(
            nameof(options.UpgradeFormats),
            options.UpgradeFormats.Concat(options.Formats).Distinct().Count() == options.UpgradeFormats.Length + options.Formats.Distinct().Count(),
            $"must list no format twice, and no format of {ImageOptions.Section}:{nameof(options.Formats)}");
        Check(
            nameof(options.UpgradeBudget),
            options.UpgradeBudget >= TimeSpan.FromSeconds(1) && options.UpgradeBudget <= TimeSpan.FromMinutes(2),
            "must be between one second and two minutes");
        CheckRange(nameof(options.AnimationWidth), options.AnimationWidth, 1, 1920);
        CheckRange(nameof(options.AnimationFrames), options.AnimationFrames, 0, 10_000);
        CheckRange(nameof(options.AnimationPixels), options.AnimationPixels, 1, options.MaxPixels);
        Check(
            nameof(options.AnimationFrames),
            options.AnimationFrames == 0 || encodesAnimations,
            "must be 0, because this app's engine cannot encode animations");

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
