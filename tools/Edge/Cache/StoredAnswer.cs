using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Cache;

/// <summary>An answer that anybody may get, and its compressed forms once somebody has asked for them.</summary>
internal sealed class StoredAnswer : CacheEntry
{
    /// <summary>Front Door compresses what is larger than 1 KB and smaller than 8 MB.</summary>
    private const int SmallestCompressed = 1024;

    private const int LargestCompressed = 8 * 1024 * 1024;

    /// <summary>They are of one connection, or are said anew for each answer.</summary>
    private static readonly HashSet<string> NotKept = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.TransferEncoding, HeaderNames.ContentLength, HeaderNames.Age,
        HeaderNames.ETag, HeaderNames.LastModified, HeaderNames.ContentType, HeaderNames.AcceptRanges,
    };

    private readonly byte[] _body;
    private readonly Dictionary<string, Lazy<Task<byte[]>>> _encoded;

    public StoredAnswer(FetchedAnswer answer, CacheConfiguration configuration, DateTimeOffset now, TimeSpan lifetime)
        : base(now + lifetime)
    {
        _body = answer.Body;
        Received = now;
        ContentType = answer.Headers.ContentType.ToString();
        ETag = EntityTagHeaderValue.TryParse(answer.Headers.ETag.ToString(), out var tag) ? tag : null;
        LastModified = HeaderUtilities.TryParseDate(answer.Headers.LastModified.ToString(), out var modified) ? modified : null;
        InitialAge = HeaderUtilities.TryParseNonNegativeInt32(answer.Headers.Age.ToString(), out var age) ? age : 0;
        Headers = new HeaderDictionary(answer.Headers.Where(header => !NotKept.Contains(header.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase));
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

    /// <summary>Compressed forms are smaller than the body, and are counted as if both were there from the beginning.</summary>
    public override long Size { get; }

    public IHeaderDictionary Headers { get; }

    public string ContentType { get; }

    public EntityTagHeaderValue? ETag { get; }

    public DateTimeOffset? LastModified { get; }

    public bool MayBeCompressed { get; }

    public DateTimeOffset Received { get; }

    private int InitialAge { get; }

    /// <summary>Seconds since the origin made it (RFC 9111 section 5.1).</summary>
    public long AgeAt(DateTimeOffset now) => InitialAge + Math.Max(0, (long)(now - Received).TotalSeconds);

    /// <param name="coding">Null for the body as the origin sent it.</param>
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
