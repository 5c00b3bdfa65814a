using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Cache;

/// <summary>A response that may be sent to any client. The body is compressed when a client first requests a compressed form.</summary>
internal sealed class StoredResponse : CacheEntry
{
    /// <summary>Front Door compresses bodies that are larger than 1 KB and smaller than 8 MB.</summary>
    private const int SmallestCompressed = 1024;

    private const int LargestCompressed = 8 * 1024 * 1024;

    /// <summary>Headers that are not stored, because they apply to a single connection or are set again for each client.</summary>
    private static readonly HashSet<string> NotStored = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.TransferEncoding, HeaderNames.ContentLength, HeaderNames.Age,
        HeaderNames.ETag, HeaderNames.LastModified, HeaderNames.ContentType, HeaderNames.AcceptRanges,
    };

    private readonly byte[] _body;
    private readonly Dictionary<string, Lazy<Task<byte[]>>> _encoded;

    public StoredResponse(FetchedResponse fetched, CacheConfiguration configuration, DateTimeOffset now, TimeSpan lifetime)
        : base(now + lifetime)
    {
        _body = fetched.Body;
        Received = now;
        ContentType = fetched.Headers.ContentType.ToString();
        ETag = EntityTagHeaderValue.TryParse(fetched.Headers.ETag.ToString(), out var tag) ? tag : null;
        LastModified = HeaderUtilities.TryParseDate(fetched.Headers.LastModified.ToString(), out var modified) ? modified : null;
        InitialAge = HeaderUtilities.TryParseNonNegativeInt32(fetched.Headers.Age.ToString(), out var age) ? age : 0;
        Headers = new HeaderDictionary(fetched.Headers.Where(header => !NotStored.Contains(header.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase));
        MayBeCompressed = configuration.IsCompressionEnabled
            && _body.Length is > SmallestCompressed and < LargestCompressed
            && MediaTypeHeaderValue.TryParse(ContentType, out var media)
            && configuration.ContentTypesToCompress.Contains(media.MediaType.ToString(), StringComparer.OrdinalIgnoreCase);
        _encoded = MayBeCompressed
            ? new() { [ContentCoding.Brotli] = new(() => CompressAsync(ContentCoding.Brotli)), [ContentCoding.Gzip] = new(() => CompressAsync(ContentCoding.Gzip)) }
            : [];
        Size = _body.Length + Headers.Sum(header => Encoding.UTF8.GetByteCount(header.Key) + Encoding.UTF8.GetByteCount(header.Value.ToString()))
            + (MayBeCompressed ? 2L * _body.Length : 0) + 256;
    }

    /// <summary>
    /// An upper bound for the memory usage, in bytes. It never changes, because it counts both compressed forms from the start, each with
    /// the size of the uncompressed body.
    /// </summary>
    public override long Size { get; }

    public IHeaderDictionary Headers { get; }

    public string ContentType { get; }

    public EntityTagHeaderValue? ETag { get; }

    public DateTimeOffset? LastModified { get; }

    public bool MayBeCompressed { get; }

    public DateTimeOffset Received { get; }

    private int InitialAge { get; }

    /// <summary>Returns the number of seconds since the origin generated the response (RFC 9111 section 5.1).</summary>
    public long AgeAt(DateTimeOffset now) => InitialAge + Math.Max(0, (long)(now - Received).TotalSeconds);

    /// <summary>Returns the body in the given content coding. The first call for a coding compresses the body.</summary>
    /// <param name="coding">The content coding; null for the uncompressed body.</param>
    public Task<byte[]> BodyAsync(string? coding) => coding is null ? Task.FromResult(_body) : _encoded[coding].Value;

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
