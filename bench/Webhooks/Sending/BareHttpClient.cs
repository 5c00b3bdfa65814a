using System.Net.Http.Headers;
using ServerlessScale.Measurement;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Bench.Webhooks.Sending;

/// <summary>
/// The baseline. It posts the same body with headers that were signed once, before the measurement. Unlike the app's sender, it does not
/// check addresses, measure anything or store the response.
/// </summary>
internal sealed class BareHttpClient(Uri url, byte[] body, WebhookHeaders headers) : IContender
{
    private readonly HttpClient _client = new();

    public string Name => "bare HttpClient loop";

    public async Task<string?> PostAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Add(WebhookHeaders.IdName, headers.Id);
        request.Headers.Add(WebhookHeaders.TimestampName, headers.Timestamp);
        request.Headers.Add(WebhookHeaders.SignatureName, headers.Signature);
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? null : $"status {(int)response.StatusCode}";
        }
        catch (Exception failure) when (FailedRequests.IsTransient(failure, cancellationToken))
        {
            return failure.Message;
        }
    }

    public void Dispose() => _client.Dispose();
}
