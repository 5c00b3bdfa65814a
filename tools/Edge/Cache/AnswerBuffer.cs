namespace ServerlessScale.Edge.Cache;

/// <summary>Takes an origin's body up to a limit, and refuses what goes beyond.</summary>
internal sealed class AnswerBuffer(int limit) : MemoryStream
{
    /// <summary>More came than there is room for; what is here is of no use.</summary>
    public bool Overflowed { get; private set; }

    public bool HasContent => Overflowed || Length > 0;

    public override void Write(byte[] buffer, int offset, int count)
    {
        MakeRoom(count);
        base.Write(buffer, offset, count);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        MakeRoom(buffer.Length);
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

    private void MakeRoom(int count)
    {
        if (Length + count > limit)
        {
            Overflowed = true;
            throw new IOException($"The answer is larger than {limit} bytes.");
        }
    }
}
