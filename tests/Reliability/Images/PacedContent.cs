using System.Net;
using System.Net.Http.Headers;

namespace ServerlessScale.Tests.Reliability.Images;

/// <summary>
/// A request body that sends a JPEG in ten chunks. Before each chunk it runs an action, e.g. a delay that simulates a slow connection.
/// </summary>
internal sealed class PacedContent : HttpContent
{
    private const int Parts = 10;
    private readonly byte[] _content;
    private readonly Func<int, CancellationToken, Task> _beforePart;

    /// <param name="content">The JPEG.</param>
    /// <param name="beforePart">The action that runs before each chunk. Its argument is the chunk number, starting at 0.</param>
    public PacedContent(byte[] content, Func<int, CancellationToken, Task> beforePart)
    {
        (_content, _beforePart) = (content, beforePart);
        Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var part = 0; part < Parts; part++)
        {
            await _beforePart(part, cancellationToken);
            await stream.WriteAsync(_content.AsMemory()[(part * _content.Length / Parts)..((part + 1) * _content.Length / Parts)], cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Length;
        return true;
    }
}
