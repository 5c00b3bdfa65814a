using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Bench.Chaos;

/// <summary>
/// Sends requests as a well-behaved client does: repeats after a lost connection and after a temporary problem, and waits as long as
/// <c>Retry-After</c> says, but at most two seconds.
/// </summary>
internal sealed class RepeatingClient(HttpClient http, Ledger ledger, Func<string> currentFault)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(40);

    /// <param name="make">Creates the request for each attempt.</param>
    /// <param name="expected">The status of the expected response.</param>
    /// <param name="onResponse">Reads the headers of the expected response.</param>
    /// <param name="also">A further status that ends the request. It occurs if an earlier attempt was successful, but its response was lost.</param>
    /// <returns>The body. Null if the response was <paramref name="also"/>, or if the response was wrong.</returns>
    public async Task<JsonElement?> SendAsync(
        Func<HttpRequestMessage> make, HttpStatusCode expected, CancellationToken cancellationToken, Action<HttpResponseMessage>? onResponse = null,
        HttpStatusCode? also = null)
    {
        var started = Stopwatch.GetTimestamp();
        string? fault = null;
        for (var attempt = 1; ; attempt++)
        {
            var refused = false;
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(AttemptLimit);
                using var request = make();
                using var response = await http.SendAsync(request, limit.Token);
                if (response.StatusCode == expected)
                {
                    var body = response.Content.Headers.ContentLength == 0 ? default : await response.Content.ReadFromJsonAsync<JsonElement>(limit.Token);
                    onResponse?.Invoke(response);
                    ledger.Acknowledge();
                    if (fault is not null)
                    {
                        ledger.Waited(fault, Stopwatch.GetElapsedTime(started));
                    }

                    return body;
                }

                var text = await response.Content.ReadAsStringAsync(limit.Token);
                if (response.StatusCode == also && attempt > 1)
                {
                    return null;
                }

                if (!IsTemporary(response))
                {
                    ledger.AddWrong($"{request.Method} {request.RequestUri!.AbsolutePath}: {(int)response.StatusCode} {text}");
                    return null;
                }

                refused = true;
                var pause = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromMilliseconds(200);
                await Task.Delay(pause < LongestPause ? pause : LongestPause, cancellationToken);
            }
            catch (Exception lost) when (!cancellationToken.IsCancellationRequested && lost is HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }

            fault ??= currentFault();
            ledger.Repeat(refused);
        }
    }

    /// <summary>The empty 500 is the host's response for a worker that ended during the request (docs/api.md).</summary>
    private static bool IsTemporary(HttpResponseMessage response) =>
        response is { StatusCode: HttpStatusCode.InternalServerError, Content.Headers.ContentLength: 0 }
        || (response.Content.Headers.ContentType?.MediaType == "application/problem+json"
        && response.Headers.RetryAfter is not null
        && response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
            or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests);
}
