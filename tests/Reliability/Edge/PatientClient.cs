using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Tests.Reliability.Edge;

/// <summary>
/// A client that repeats a request until it gets the expected response. It tolerates lost connections and problem documents with a
/// <c>Retry-After</c> header. Any other failure ends the test.
/// </summary>
internal sealed class PatientClient(HttpClient http)
{
    private readonly ConcurrentDictionary<string, int> _instances = new();
    private int _responses;
    private int _retries;

    /// <summary>The number of expected responses received from each process, by instance id.</summary>
    public IReadOnlyDictionary<string, int> Instances => _instances;

    /// <summary>The number of expected responses received from all processes.</summary>
    public int Responses => _responses;

    /// <summary>The number of attempts that did not get the expected response.</summary>
    public int Retries => _retries;

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(() => new(HttpMethod.Get, path), HttpStatusCode.OK, cancellationToken);

    /// <param name="make">Creates a request for each attempt.</param>
    /// <param name="expected">The status of the expected response.</param>
    /// <param name="onResponse">An action that is called with the expected response, e.g. to read its headers.</param>
    public async Task<JsonElement> SendAsync(
        Func<HttpRequestMessage> make, HttpStatusCode expected, CancellationToken cancellationToken, Action<HttpResponseMessage>? onResponse = null)
    {
        while (true)
        {
            try
            {
                using var request = make();
                using var response = await http.SendAsync(request, cancellationToken);
                if (response.StatusCode == expected)
                {
                    var body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                    Interlocked.Increment(ref _responses);
                    _instances.AddOrUpdate(response.Headers.GetValues("X-Instance-Id").Single(), 1, (_, count) => count + 1);
                    onResponse?.Invoke(response);
                    return body;
                }

                var problem = await response.Content.ReadAsStringAsync(cancellationToken);
                Assert.True(IsTransient(response), $"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {problem}");
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromMilliseconds(200), cancellationToken);
            }
            catch (HttpRequestException cut) when (cut is { InnerException: IOException, HttpRequestError: not HttpRequestError.ConnectionError })
            {
                // The instance was lost while it was sending the response.
            }

            Interlocked.Increment(ref _retries);
        }
    }

    /// <summary>
    /// Returns true if the response is a temporary problem that the client should retry. A 409 means that another instance is still
    /// processing an earlier attempt.
    /// </summary>
    private static bool IsTransient(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json"
        && response.Headers.RetryAfter is not null
        && response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict;
}
