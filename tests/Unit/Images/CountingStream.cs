namespace ServerlessScale.Tests.Unit.Images;

/// <summary>Counts what is read from it, which says more about an algorithm's cost than a clock does.</summary>
internal sealed class CountingStream(byte[] content) : MemoryStream(content, writable: false)
{
    public long BytesRead { get; private set; }

    public int Reads { get; private set; }

    /// <summary>The overload for spans comes by here too.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = base.Read(buffer, offset, count);
        BytesRead += read;
        Reads++;
        return read;
    }
}
