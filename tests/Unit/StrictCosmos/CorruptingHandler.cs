using System.Net;
using System.Net.Http.Headers;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

/// <summary>Corrupts the bodies of batch requests and records the status of each response. The signature does not cover the body.</summary>
internal sealed class CorruptingHandler(Func<byte[], byte[]> corrupt) : DelegatingHandler(new SocketsHttpHandler())
{
    public List<HttpStatusCode> Statuses { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Headers.Contains("x-ms-cosmos-is-batch-request"))
        {
            return await base.SendAsync(request, cancellationToken);
        }
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        request.Content = new ByteArrayContent(corrupt(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        var response = await base.SendAsync(request, cancellationToken);
        Statuses.Add(response.StatusCode);
        return response;
    }
}
