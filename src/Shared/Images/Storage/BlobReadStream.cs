using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images.Storage;

/// <summary>
/// A seekable stream of a blob's content. The first read after opening or seeking starts a single download from the current position to the
/// end of the blob. A HEAD or 304 response reads nothing and therefore downloads nothing. <c>BlobClient.OpenReadAsync</c> is not used,
/// because it would request the properties again and buffer megabytes per reader.
/// </summary>
/// <param name="blob">The blob to read.</param>
/// <param name="etag">The version to read. Reading fails when the blob has a different ETag.</param>
/// <param name="length">The blob's size in bytes.</param>
/// <param name="opened">The content from position 0 if its download has already started; otherwise null.</param>
internal sealed class BlobReadStream(BlobClient blob, ETag etag, long length, Stream? opened) : Stream
{
    private Stream? _opened = opened;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => length + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        if (target != _position)
        {
            _opened?.Dispose();
            (_opened, _position) = (null, target);
        }

        return _position;
    }

    /// <exception cref="ProblemException">The blob was deleted or replaced after this stream was opened (404).</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _position >= length)
        {
            return 0;
        }

        _opened ??= await OpenAsync(cancellationToken);
        var read = await _opened.ReadAsync(buffer, cancellationToken);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("This stream cannot be read synchronously. Use ReadAsync.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _opened?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var download = await blob.DownloadStreamingAsync(
                new BlobDownloadOptions
                {
                    Range = new HttpRange(_position),
                    Conditions = new BlobRequestConditions { IfMatch = etag },
                },
                cancellationToken);
            return download.Value.Content;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            throw new ProblemException(ImageProblems.VariantGone(), e);
        }
    }
}
