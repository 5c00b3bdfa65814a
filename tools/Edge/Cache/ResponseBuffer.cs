namespace ServerlessScale.Edge.Cache;

/// <summary>Buffers the body of an origin's response up to a limit. A write beyond the limit fails.</summary>
internal sealed class ResponseBuffer(int limit) : MemoryStream
{
    /// <summary>Whether the body exceeded the limit. If it did, the content is incomplete and must not be used.</summary>
    public bool Overflowed { get; private set; }

    public bool HasContent => Overflowed || Length > 0;

    public override void Write(byte[] buffer, int offset, int count)
    {
        Reserve(count);
        base.Write(buffer, offset, count);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Reserve(buffer.Length);
        base.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer, offset, count);
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    private void Reserve(int count)
    {
        if (Length + count > limit)
        {
            Overflowed = true;
            throw new IOException($"The response is larger than {limit} bytes.");
        }
    }
}
