using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace ServerlessScale.Shared.Idempotency;

/// <summary>
/// The digest of a body that is too large to buffer: its length and its SHA-256 hash in base64url, separated by a full stop. It is computed
/// while the body is read.
/// </summary>
public sealed class BodyDigest : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    /// <summary>Returns a stream that adds every byte that is read from <paramref name="body"/> to this digest.</summary>
    public Stream Reading(Stream body) => new DigestingStream(body, this);

    /// <summary>Returns the digest of the bytes that have been read so far.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{_length}.{Base64Url.EncodeToString(_hash.GetCurrentHash())}");

    public void Dispose() => _hash.Dispose();

    /// <summary>
    /// Reads a body and returns whether it has the digest. Stops reading when the body is longer than the digest states, so an endless body
    /// does not occupy the instance.
    /// </summary>
    public static async Task<bool> MatchesAsync(Stream body, string digest, CancellationToken cancellationToken)
    {
        var length = long.Parse(digest.AsSpan(0, digest.IndexOf('.', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        using var actual = new BodyDigest();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while (actual._length <= length && (read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                actual.Add(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return actual.ToString() == digest;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _length += bytes.Length;
    }

    private sealed class DigestingStream(Stream body, BodyDigest digest) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            digest.Add(buffer.Span[..read]);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = body.Read(buffer, offset, count);
            digest.Add(buffer.AsSpan(offset, read));
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
