using System.Net;

namespace ServerlessScale.Tests.Integration.FunctionHost;

/// <summary>A request body that a test writes in several steps and then completes.</summary>
internal sealed class OpenContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var stream = await _stream.Task;
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    /// <summary>The Content-Length of the body, or null if the body is chunked.</summary>
    public long? Length { get; init; }

    public void Complete() => _complete.SetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        _stream.SetResult(stream);
        await _complete.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Length ?? -1;
        return Length is not null;
    }
}
