using System.Net;
using System.Net.Http.Headers;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

/// <summary>Spoils the bodies of batches on their way, which the signature does not cover, and keeps what they are answered with.</summary>
internal sealed class SpoilingHandler(Func<byte[], byte[]> spoil) : DelegatingHandler(new SocketsHttpHandler())
{
    public List<HttpStatusCode> Answers { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Headers.Contains("x-ms-cosmos-is-batch-request"))
        {
            return await base.SendAsync(request, cancellationToken);
        }
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        request.Content = new ByteArrayContent(spoil(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        var answer = await base.SendAsync(request, cancellationToken);
        Answers.Add(answer.StatusCode);
        return answer;
    }
}
