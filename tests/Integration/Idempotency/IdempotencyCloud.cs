using System.Net.Http.Headers;
using System.Text;
using Azure.Data.Tables;
using ServerlessScale.Local;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Idempotency;

/// <summary>The complete system with the real worker process.</summary>
public sealed class IdempotencyCloud : IAsyncLifetime
{
    private LocalCloud _cloud = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public TableClient Records => new TableServiceClient(_cloud.StorageConnectionString).GetTableClient("Idempotency");

    public async ValueTask InitializeAsync() =>
        _cloud = await LocalCloud.StartAsync(new LocalCloudOptions { AllowPrivateWebhooks = true }, Ct);

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    internal WebhookCustomer NewCustomer() => new(_cloud.CreateClient(_cloud.Token("customer-" + Guid.NewGuid().ToString("N"))));

    /// <summary>Sends a request with an idempotency key, and reads the response.</summary>
    internal static async Task<KeyedResponse> PostAsync(WebhookCustomer customer, string path, HttpContent? content, params string[] keys)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        foreach (var key in keys)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        using var response = await customer.Client.SendAsync(request, Ct);
        return new KeyedResponse(
            (int)response.StatusCode,
            response.Headers.Location?.OriginalString,
            response.Content.Headers.ContentType?.ToString(),
            response.Headers.CacheControl?.ToString(),
            await response.Content.ReadAsStringAsync(Ct))
        {
            IsReplayed = response.Headers.TryGetValues("Idempotency-Replayed", out var values) && values.Single() == "true",
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    internal static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    internal static ByteArrayContent Picture(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
}

internal sealed record KeyedResponse(int Status, string? Location, string? ContentType, string? CacheControl, string Body)
{
    public bool IsReplayed { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public string? Code =>
        Body.Contains("serverlessscale.dev/problems/", StringComparison.Ordinal) ? Body.Split("/problems/")[1].Split('"')[0] : null;
}
