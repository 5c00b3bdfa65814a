using System.Buffers;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>Reads bodies up to the service's limit.</summary>
internal static class RequestBody
{
    /// <summary>A body of a little more than the limit is read, so that what it holds can be refused by its own rule.</summary>
    private const int Most = ServiceLimits.BatchBytes + 64 * 1024;

    /// <summary>A longer body is read to its end and dropped up to this size, since many clients only look at the answer after they have sent all.</summary>
    public const long MostDropped = 16 * 1024 * 1024;

    /// <exception cref="RefusedException">413 for a body beyond the limit.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (HttpMethods.IsGet(request.Method) || request.ContentLength == 0)
        {
            return default;
        }
        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 1024, 1, Most));
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                foreach (var segment in read.Buffer)
                {
                    if (body.WrittenCount + segment.Length <= Most)
                    {
                        body.Write(segment.Span);
                    }
                    else
                    {
                        await DropAsync(request, read.Buffer.End, cancellationToken);
                        throw RefusedException.TooLarge($"Request size is too large: it must not exceed {ServiceLimits.ItemBytes} bytes.");
                    }
                }
                request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return body.WrittenMemory;
                }
            }
        }
        catch (BadHttpRequestException tooLarge)
        {
            throw RefusedException.TooLarge(tooLarge.Message);
        }
    }

    private static async Task DropAsync(HttpRequest request, SequencePosition seen, CancellationToken cancellationToken)
    {
        request.BodyReader.AdvanceTo(seen);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
