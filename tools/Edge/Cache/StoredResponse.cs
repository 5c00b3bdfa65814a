using System.Collections.Frozen;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Cache;

/// <summary>A response that may be sent to any client. The body is compressed when a client first requests a compressed form.</summary>
internal sealed class StoredResponse : CacheEntry
{
    /// <summary>Front Door compresses bodies that are larger than 1 KB and smaller than 8 MB.</summary>
    private const int SmallestCompressed = 1024;

    private const int LargestCompressed = 8 * 1024 * 1024;

    /// <summary>The memory of the objects of a response without their content. The value is rounded up.</summary>
    private const long BytesPerResponse = 1024;

    /// <summary>The memory of a header's two strings and its slot in the dictionary without the characters.</summary>
    private const long BytesPerHeader = 128;

    /// <summary>
    /// Headers that are not stored. The first group applies to a single connection (RFC 9110 section 7.6.1) or to a proxy (RFC 9111 section
    /// 3.1). The second group is determined again for each response. The third group describes the invocation that generated the response.
    /// </summary>
    private static readonly FrozenSet<string> NotStored = FrozenSet.ToFrozenSet(
        [
            HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyConnection, HeaderNames.ProxyAuthenticate,
            HeaderNames.ProxyAuthorization, "Proxy-Authentication-Info", HeaderNames.TE, HeaderNames.Trailer, HeaderNames.TransferEncoding,
            HeaderNames.Upgrade,
            HeaderNames.Age, HeaderNames.ContentLength, HeaderNames.AcceptRanges,
            "Server-Timing", "X-Cold-Start", "X-Instance-Id", "X-Served-Bucket",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Headers that a 304 response does not update (RFC 9111 section 3.2). They describe the stored body, which the 304 response does not
    /// replace.
    /// </summary>
    private static readonly FrozenSet<string> OfTheBody = FrozenSet.ToFrozenSet(
        [HeaderNames.ContentEncoding, HeaderNames.ContentType, HeaderNames.ContentRange, HeaderNames.ContentLength], StringComparer.OrdinalIgnoreCase);

    private readonly byte[] _body;
    private readonly Dictionary<string, Lazy<Task<byte[]>>> _encoded;
    private readonly TimeSpan _initialAge;
    private readonly DateTimeOffset _received;

    /// <param name="fetched">The response.</param>
    /// <param name="configuration">The cache configuration of the request.</param>
    /// <param name="now">The time at which the response arrived.</param>
    /// <param name="freshness">The response's age and lifetime.</param>
    public StoredResponse(FetchedResponse fetched, CacheConfiguration configuration, DateTimeOffset now, Freshness freshness)
        : base(now + freshness.Lifetime!.Value)
    {
        _body = fetched.Body;
        _received = now;
        _initialAge = freshness.Age;
        MayBeServedStale = freshness.MayBeServedStale;
        Status = fetched.Status;
        var nominated = fetched.Headers.GetCommaSeparatedValues(HeaderNames.Connection);
        Headers = new HeaderDictionary(fetched.Headers
            .Where(header => !NotStored.Contains(header.Key) && !nominated.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(StringComparer.OrdinalIgnoreCase));
        if (StringValues.IsNullOrEmpty(Headers.Date))
        {
            // A response without a date gets the time of its arrival (RFC 9110 section 6.6.1).
            Headers.Date = HeaderUtilities.FormatDate(now);
        }

        ETag = EntityTagHeaderValue.TryParse(Headers.ETag.ToString(), out var tag) ? tag : null;
        LastModified = HttpDate.Parse(Headers.LastModified.ToString());
        MayBeCompressed = configuration.IsCompressionEnabled
            && _body.Length is > SmallestCompressed and < LargestCompressed
            && StringValues.IsNullOrEmpty(Headers.ContentEncoding)
            && MediaTypeHeaderValue.TryParse(Headers.ContentType.ToString(), out var media)
            && configuration.ContentTypesToCompress.Contains(media.MediaType.ToString(), StringComparer.OrdinalIgnoreCase);
        _encoded = MayBeCompressed
            ? new() { [ContentCoding.Brotli] = new(() => CompressAsync(ContentCoding.Brotli)), [ContentCoding.Gzip] = new(() => CompressAsync(ContentCoding.Gzip)) }
            : [];
        Size = _body.Length + (MayBeCompressed ? 2L * _body.Length : 0) + BytesPerResponse
            + Headers.Sum(header => BytesPerHeader + sizeof(char) * (header.Key.Length + header.Value.Sum(value => (long)(value?.Length ?? 0))));
    }

    /// <summary>
    /// An upper bound for the memory usage, in bytes. It never changes, because it counts both compressed forms from the start, each with
    /// the size of the uncompressed body.
    /// </summary>
    public override long Size { get; }

    public int Status { get; }

    /// <summary>The stored headers, including the validators and the content type.</summary>
    public IHeaderDictionary Headers { get; }

    public EntityTagHeaderValue? ETag { get; }

    public DateTimeOffset? LastModified { get; }

    /// <summary>The time of the last modification, or else the response's date (RFC 9111 section 4.3.2).</summary>
    public DateTimeOffset ModifiedAt => LastModified ?? HttpDate.Parse(Headers.Date.ToString()) ?? _received;

    public bool MayBeCompressed { get; }

    /// <summary>Whether the response may be served after it has expired if no origin responds.</summary>
    public bool MayBeServedStale { get; }

    /// <summary>Whether the origin gave the response an age, so that the response was not generated for this request.</summary>
    public bool ArrivedWithAge => _initialAge >= TimeSpan.FromSeconds(1);

    /// <summary>Returns the number of seconds since the origin generated or validated the response (RFC 9111 section 4.2.3).</summary>
    public long AgeAt(DateTimeOffset now) => (long)(_initialAge + (now > _received ? now - _received : TimeSpan.Zero)).TotalSeconds;

    /// <summary>Returns the body in the given content coding. The first call for a coding compresses the body.</summary>
    /// <param name="coding">The content coding; null for the uncompressed body.</param>
    public Task<byte[]> BodyAsync(string? coding) => coding is null ? Task.FromResult(_body) : _encoded[coding].Value;

    /// <summary>
    /// Combines the stored response with a 304 response that validated it. The headers of the 304 response replace the stored ones (RFC 9111
    /// section 4.3.4).
    /// </summary>
    /// <returns>The combined response; null if the 304 response describes a different version.</returns>
    public FetchedResponse? ValidatedBy(FetchedResponse notModified, DateTimeOffset now)
    {
        if (EntityTagHeaderValue.TryParse(notModified.Headers.ETag.ToString(), out var tag) && ETag?.Compare(tag, useStrongComparison: false) != true)
        {
            return null;
        }

        var headers = new HeaderDictionary(Headers.ToDictionary(StringComparer.OrdinalIgnoreCase))
        {
            [HeaderNames.Date] = HeaderUtilities.FormatDate(now),
        };
        foreach (var (name, values) in notModified.Headers.Where(header => !OfTheBody.Contains(header.Key)))
        {
            headers[name] = values;
        }

        return new(Status, headers, _body);
    }

    private Task<byte[]> CompressAsync(string coding) => Task.Run(() =>
    {
        using var buffer = new MemoryStream();
        using (Stream compressor = coding == ContentCoding.Brotli
            ? new BrotliStream(buffer, CompressionLevel.Optimal)
            : new GZipStream(buffer, CompressionLevel.Optimal))
        {
            compressor.Write(_body);
        }

        return buffer.ToArray();
    });
}
