using System.Buffers;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>Reads request bodies. Rejects bodies that exceed the service's limit.</summary>
internal static class RequestBody
{
    /// <summary>
    /// The maximum size of a body that is read, in bytes. It is slightly larger than the limit for items and batches. The checks for items
    /// and batches therefore handle bodies that exceed that limit only slightly.
    /// </summary>
    private const int MostBytes = ServiceLimits.BatchBytes + 64 * 1024;

    /// <summary>
    /// The maximum size, in bytes, of a body that is read and discarded before the request is rejected. Many clients read the response only
    /// after they have sent the complete body.
    /// </summary>
    public const long MostDiscardedBytes = 16 * 1024 * 1024;

    /// <exception cref="RefusedException">413: the body exceeds the limit.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (HttpMethods.IsGet(request.Method) || request.ContentLength == 0)
        {
            return default;
        }
        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 1024, 1, MostBytes));
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                foreach (var segment in read.Buffer)
                {
                    if (body.WrittenCount + segment.Length <= MostBytes)
                    {
                        body.Write(segment.Span);
                    }
                    else
                    {
                        await DiscardAsync(request, read.Buffer.End, cancellationToken);
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

    private static async Task DiscardAsync(HttpRequest request, SequencePosition seen, CancellationToken cancellationToken)
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
