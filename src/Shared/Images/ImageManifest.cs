using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Images;

/// <summary>
/// The state of an image. It is stored as a JSON blob, which is replaced only if its ETag is unchanged, so that concurrent writers cannot
/// overwrite each other's changes.
/// </summary>
public sealed record ImageManifest
{
    public required string Id { get; init; }

    /// <summary>The customer who uploaded the image (the <c>sub</c> claim of the token). Only this customer may delete the image.</summary>
    public required string Owner { get; init; }

    public required ImageStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The UTC time at which the image became ready or failed. Null while the image is unfinished.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public required ImageSource Source { get; init; }

    /// <summary>
    /// The ETag that the original had when it was accepted. Null until the upload is complete. A client may still be able to overwrite the
    /// original after the upload is complete, because its upload URL may still be valid. The job therefore compares ETags and rejects an
    /// original that was overwritten.
    /// </summary>
    public string? SourceETag { get; init; }

    /// <summary>The stored variants, widest first. Empty until the image is <see cref="ImageStatus.Ready"/>.</summary>
    public IReadOnlyList<ImageVariant> Variants { get; init; } = [];

    /// <summary>The animated variant. Null for still images, until the image is upgraded, and if the animation exceeds a limit.</summary>
    public ImageAnimation? Animation { get; init; }

    /// <summary>
    /// The UTC time at which the upgrade ended, i.e. after which no further variant is added. Null before that time, and for images without
    /// an upgrade.
    /// </summary>
    public DateTimeOffset? UpgradedAt { get; init; }

    /// <summary>
    /// A blurred placeholder of the image, as a ThumbHash in base64 (https://evanw.github.io/thumbhash). Null until the image is ready.
    /// </summary>
    public string? ThumbHash { get; init; }

    /// <summary>The most frequent colour of the image in sRGB, as <c>#rrggbb</c>. Null until the image is ready.</summary>
    public string? DominantColor { get; init; }

    /// <summary>The reason why the image failed. Null unless the status is <see cref="ImageStatus.Failed"/>.</summary>
    public ImageError? Error { get; init; }

    public ImageTimings Timings { get; init; } = new();

    /// <summary>
    /// The type and message of the exception that ended the last attempt. They are meant for operators and are never sent to clients.
    /// </summary>
    public string? LastFailure { get; init; }

    /// <summary>Returns the names of all stored variants. The animated variant is the last one.</summary>
    public IEnumerable<VariantName> VariantNames() =>
        Variants.Select(variant => variant.Name()).Concat(Animation is null ? [] : [Animation.Name()]);
}

/// <summary>The status of an image. The JSON names are part of the HTTP contract.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ImageStatus>))]
public enum ImageStatus
{
    /// <summary>An upload URL was issued. Clients cannot see the image yet.</summary>
    [JsonStringEnumMemberName("awaiting-upload")]
    AwaitingUpload,

    /// <summary>The original is stored and its job is queued.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>A worker has started the job.</summary>
    [JsonStringEnumMemberName("processing")]
    Processing,

    /// <summary>All variants are stored. The status is final.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>
    /// No variants will be created, for the reason in <see cref="ImageManifest.Error"/>. The status is final unless an operator replays the
    /// job.
    /// </summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <param name="Bytes">The size of the original. Until the upload is complete, this is the size that the client declared.</param>
/// <param name="ContentType">
/// The media type, detected from the first bytes. Until the upload is complete, this is the type that the client declared.
/// </param>
public sealed record ImageSource(long Bytes, string ContentType)
{
    /// <summary>The width in pixels as displayed. Null until the job has read the header.</summary>
    public int? Width { get; init; }

    /// <summary>The height in pixels as displayed. Null until the job has read the header.</summary>
    public int? Height { get; init; }
}

/// <param name="Code">A stable kebab-case code, e.g. <c>image-truncated</c>.</param>
/// <param name="Detail">A description of the error and its remedy, addressed to the uploader.</param>
public sealed record ImageError(string Code, string Detail)
{
    /// <summary>
    /// The code for a job that failed for a reason other than the image itself. The original is retained, so that the job can be replayed.
    /// </summary>
    public const string ProcessingFailed = "processing-failed";
}

/// <summary>
/// The durations in milliseconds of the phases of uploading and processing an image. The duration of a phase that has not run is null.
/// </summary>
public sealed record ImageTimings
{
    /// <summary>
    /// The time taken to receive and store the body. The two steps overlap. Null for uploads that the client sent directly to storage.
    /// </summary>
    public double? UploadMs { get; init; }

    /// <summary>The time between the queueing of the job and the start of its last attempt, including any earlier attempts.</summary>
    public double? QueueWaitMs { get; init; }

    /// <summary>The time spent waiting for other images to release enough of the process's pixel memory.</summary>
    public double? MemoryWaitMs { get; init; }

    public double? DownloadMs { get; init; }

    public double? DecodeMs { get; init; }

    public double? ResizeMs { get; init; }

    public double? EncodeMs { get; init; }

    /// <summary>
    /// The time spent waiting for storage. It excludes the time during which a write overlapped with the encoding of the next variant.
    /// </summary>
    public double? StoreMs { get; init; }

    /// <summary>Converts a duration to milliseconds, rounded to a tenth because the measurements are not more precise.</summary>
    public static double Milliseconds(TimeSpan elapsed) => Math.Round(elapsed.TotalMilliseconds, 1);
}
