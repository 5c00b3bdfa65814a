namespace ServerlessScale.Shared.Images;

/// <summary>All that is known of one image: the single source of truth about it, one JSON blob, changed under its ETag only.</summary>
public sealed record ImageManifest
{
    public required string Id { get; init; }

    /// <summary>The customer (<c>sub</c>) who uploaded it, the only one who may delete it.</summary>
    public required string Owner { get; init; }

    public required ImageStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it became ready or failed, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public required ImageSource Source { get; init; }

    /// <summary>
    /// The original's ETag when it was accepted; the job refuses other bytes, since an upload URL may still be valid then.
    /// Null until the upload is complete.
    /// </summary>
    public string? SourceETag { get; init; }

    /// <summary>Empty until <see cref="ImageStatus.Ready"/>; widest first.</summary>
    public IReadOnlyList<ImageVariant> Variants { get; init; } = [];

    /// <summary>Set when <see cref="ImageStatus.Failed"/>.</summary>
    public ImageError? Error { get; init; }

    public ImageTimings Timings { get; init; } = new();

    /// <summary>What ended the last attempt that is going to be retried, for operators; never shown to clients.</summary>
    public string? LastFailure { get; init; }
}

/// <param name="Bytes">Size of the original; as declared while its upload is awaited.</param>
/// <param name="ContentType">By signature; as declared while its upload is awaited.</param>
public sealed record ImageSource(long Bytes, string ContentType)
{
    /// <summary>Pixels as displayed; null until the header was read.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels as displayed; null until the header was read.</summary>
    public int? Height { get; init; }
}

/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Format"><c>webp</c>, <c>jpg</c> or <c>avif</c>.</param>
/// <param name="Bytes">Size of the encoded file.</param>
public sealed record ImageVariant(int Width, int Height, string Format, long Bytes)
{
    /// <summary>Its last URL segment, e.g. <c>960.webp</c>.</summary>
    public VariantName Name() => new(Width, Format);
}

/// <param name="Code">Stable kebab-case code, e.g. <c>image-truncated</c>.</param>
/// <param name="Detail">For the uploader: what was wrong and what to do.</param>
public sealed record ImageError(string Code, string Detail)
{
    /// <summary>The code of a job that failed for reasons other than the image; its original is kept for a replay.</summary>
    public const string ProcessingFailed = "processing-failed";
}

/// <summary>Where the time from upload to ready went, in milliseconds; null where a phase has not run.</summary>
public sealed record ImageTimings
{
    /// <summary>Receiving the body and storing it, which overlap. Null for direct-to-blob uploads.</summary>
    public double? UploadMs { get; init; }

    /// <summary>From enqueueing to the start of the last attempt, earlier attempts included.</summary>
    public double? QueueWaitMs { get; init; }

    /// <summary>Waiting for other images' pixels to leave memory.</summary>
    public double? MemoryWaitMs { get; init; }

    public double? DownloadMs { get; init; }

    public double? DecodeMs { get; init; }

    public double? ResizeMs { get; init; }

    public double? EncodeMs { get; init; }

    /// <summary>Waiting for variants to be stored, beyond what encoding the next one hid.</summary>
    public double? StoreMs { get; init; }
}
