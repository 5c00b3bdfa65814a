namespace ServerlessScale.Tests.Unit.Images;

/// <summary>A stream that counts reads and bytes, so that a test can limit an algorithm's cost without measuring time.</summary>
internal sealed class CountingStream(byte[] content) : MemoryStream(content, writable: false)
{
    public long BytesRead { get; private set; }

    public int Reads { get; private set; }

    /// <summary>The overload for spans calls this overload.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = base.Read(buffer, offset, count);
        BytesRead += read;
        Reads++;
        return read;
    }
}
