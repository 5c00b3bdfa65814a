using System.Net.Http.Headers;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Bench.Webhooks.Sending;

/// <summary>What is left when nothing is signed, guarded, timed or kept: the yardstick.</summary>
internal sealed class BareHttpClient(Uri url, byte[] body, WebhookHeaders headers) : IContender
{
    private readonly HttpClient _client = new();

    public string Name => "bare HttpClient loop";

    public async Task PostAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Add(WebhookHeaders.IdName, headers.Id);
        request.Headers.Add(WebhookHeaders.TimestampName, headers.Timestamp);
        request.Headers.Add(WebhookHeaders.SignatureName, headers.Signature);
        using var response = await _client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => _client.Dispose();
}
