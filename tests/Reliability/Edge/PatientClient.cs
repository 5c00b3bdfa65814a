using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Tests.Reliability.Edge;

/// <summary>
/// Sends a request until it has its right answer. It accepts nothing else but a problem that asks to come back, or a cut line.
/// </summary>
internal sealed class PatientClient(HttpClient http)
{
    private readonly ConcurrentDictionary<string, int> _instances = new();
    private int _answers;
    private int _repeated;

    /// <summary>How many answers came from each process.</summary>
    public IReadOnlyDictionary<string, int> Instances => _instances;

    /// <summary>Right answers.</summary>
    public int Answers => _answers;

    /// <summary>Requests that had to be sent again.</summary>
    public int Repeated => _repeated;

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(() => new(HttpMethod.Get, path), HttpStatusCode.OK, cancellationToken);

    /// <param name="make">Called for each attempt.</param>
    /// <param name="expected">The right answer's status.</param>
    /// <param name="onAnswer">Given the right answer, for its headers.</param>
    public async Task<JsonElement> SendAsync(
        Func<HttpRequestMessage> make, HttpStatusCode expected, CancellationToken cancellationToken, Action<HttpResponseMessage>? onAnswer = null)
    {
        while (true)
        {
            try
            {
                using var request = make();
                using var response = await http.SendAsync(request, cancellationToken);
                if (response.StatusCode == expected)
                {
                    var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                    Interlocked.Increment(ref _answers);
                    _instances.AddOrUpdate(response.Headers.GetValues("X-Instance-Id").Single(), 1, (_, count) => count + 1);
                    onAnswer?.Invoke(response);
                    return answer;
                }

                var problem = await response.Content.ReadAsStringAsync(cancellationToken);
                Assert.True(IsTransient(response), $"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {problem}");
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromMilliseconds(200), cancellationToken);
            }
            catch (HttpRequestException cut) when (cut is { InnerException: IOException, HttpRequestError: not HttpRequestError.ConnectionError })
            {
                // The instance ended in the middle of its answer.
            }

            Interlocked.Increment(ref _repeated);
        }
    }

    /// <summary>409: the order is still being placed by an instance that was cut off from its client.</summary>
    private static bool IsTransient(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json"
        && response.Headers.RetryAfter is not null
        && response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict;
}
