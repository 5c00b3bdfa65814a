using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Images;

/// <summary>
/// The state of one image. It is stored as one JSON blob, which is replaced only while its ETag is unchanged, so that concurrent writers
/// cannot overwrite each other.
/// </summary>
public sealed record ImageManifest
{
    public required string Id { get; init; }

    /// <summary>The customer (the token's <c>sub</c>) who uploaded the image. Only this customer may delete it.</summary>
    public required string Owner { get; init; }

    public required ImageStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the image became ready or failed, UTC. Null until then.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public required ImageSource Source { get; init; }

    /// <summary>
    /// The ETag that the original had when it was accepted; null until the upload is complete. An upload URL may still be valid after
    /// completion, so the job compares ETags and rejects an original that was overwritten.
    /// </summary>
    public string? SourceETag { get; init; }

    /// <summary>The stored variants, widest first. Empty until the image is <see cref="ImageStatus.Ready"/>.</summary>
    public IReadOnlyList<ImageVariant> Variants { get; init; } = [];

    /// <summary>Why the image failed. Null unless it is <see cref="ImageStatus.Failed"/>.</summary>
    public ImageError? Error { get; init; }

    public ImageTimings Timings { get; init; } = new();

    /// <summary>The exception that ended the last attempt, for operators. Clients never see it.</summary>
    public string? LastFailure { get; init; }
}

/// <summary>The stages of an image's life, named in JSON as clients see them.</summary>
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

    /// <summary>No variants will be made; the manifest's error says why. The status is final unless an operator replays the job.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <param name="Bytes">Size of the original. Until the upload is complete, the size that the client declared.</param>
/// <param name="ContentType">Media type by signature. Until the upload is complete, the type that the client declared.</param>
public sealed record ImageSource(long Bytes, string ContentType)
{
    /// <summary>Pixels as displayed. Null until the job has read the header.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels as displayed. Null until the job has read the header.</summary>
    public int? Height { get; init; }
}

/// <param name="Code">Stable kebab-case code, e.g. <c>image-truncated</c>.</param>
/// <param name="Detail">Tells the uploader what was wrong and what to do.</param>
public sealed record ImageError(string Code, string Detail)
{
    /// <summary>The code of a job that failed for a reason other than the image. The original is kept, so that the job can be replayed.</summary>
    public const string ProcessingFailed = "processing-failed";
}

/// <summary>How the time between upload and ready was spent, in milliseconds. A phase that has not run is null.</summary>
public sealed record ImageTimings
{
    /// <summary>Receiving the body and storing it, which overlap. Null for uploads that went straight to storage.</summary>
    public double? UploadMs { get; init; }

    /// <summary>From queueing the job to the start of its last attempt. Earlier attempts are included.</summary>
    public double? QueueWaitMs { get; init; }

    /// <summary>Waiting until other images release enough of the process's pixel memory.</summary>
    public double? MemoryWaitMs { get; init; }

    public double? DownloadMs { get; init; }

    public double? DecodeMs { get; init; }

    public double? ResizeMs { get; init; }

    public double? EncodeMs { get; init; }

    /// <summary>Waiting for storage. Writes that ran while the next variant was being encoded do not count.</summary>
    public double? StoreMs { get; init; }

    /// <summary>Rounds to a tenth of a millisecond, because the measurements are no more precise than that.</summary>
    public static double Milliseconds(TimeSpan elapsed) => Math.Round(elapsed.TotalMilliseconds, 1);
}
