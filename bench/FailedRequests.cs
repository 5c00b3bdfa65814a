using System.Collections.Concurrent;
using System.Net;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench;

/// <summary>
/// Counts the requests of a benchmark that failed. A busy machine answers 503 now and then, and one 503 must not end a run of several
/// minutes: the request is left out of the times and rates, and the count is printed below the table.
/// </summary>
internal sealed class FailedRequests
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryLimit = TimeSpan.FromMinutes(2);
    private const int LongestDetail = 200;

    private readonly ConcurrentDictionary<(string Request, string Result), (int Count, string FirstDetail)> _failures = new();

    public int Count => _failures.Values.Sum(failure => failure.Count);

    /// <summary>Sends a request and counts it as failed when its status is not one of the expected ones, or when there is no response.</summary>
    /// <param name="name">The name that failures are counted under, such as <c>GET api/orders/{id}</c>.</param>
    /// <param name="expected">The statuses that are not counted as failures.</param>
    /// <returns>The response, with its body buffered; null for a failed request.</returns>
    public async Task<HttpResponseMessage?> SendAsync(
        HttpClient client, string name, HttpRequestMessage request, CancellationToken cancellationToken, params HttpStatusCode[] expected)
    {
        try
        {
            var response = await client.SendAsync(request, cancellationToken);
            if (expected.Contains(response.StatusCode))
            {
                return response;
            }

            Add(name, $"{(int)response.StatusCode}", await response.Content.ReadAsStringAsync(cancellationToken));
            response.Dispose();
        }
        catch (Exception failure) when (IsTransient(failure, cancellationToken))
        {
            Add(name, "no response", failure.Message);
        }

        return null;
    }

    /// <summary>Sends a request until it succeeds, for the steps that a benchmark cannot go on without. Each failure is counted.</summary>
    /// <param name="name">The name that failures are counted under.</param>
    /// <param name="create">Makes the request anew for each attempt.</param>
    /// <exception cref="CommandException">Two minutes have passed without an expected response.</exception>
    public async Task<HttpResponseMessage> SendUntilExpectedAsync(
        HttpClient client, string name, Func<HttpRequestMessage> create, CancellationToken cancellationToken, params HttpStatusCode[] expected)
    {
        var limit = DateTimeOffset.UtcNow + RetryLimit;
        while (true)
        {
            using var request = create();
            if (await SendAsync(client, name, request, cancellationToken, expected) is { } response)
            {
                return response;
            }

            if (DateTimeOffset.UtcNow > limit)
            {
                throw new CommandException($"{name} failed for {RetryLimit.TotalMinutes:0} minutes. {Describe()}");
            }

            await Task.Delay(RetryInterval, cancellationToken);
        }
    }

    public void Add(string request, string result, string detail)
    {
        var line = detail.ReplaceLineEndings(" ");
        var first = line.Length <= LongestDetail ? line : $"{line[..LongestDetail]}...";
        _failures.AddOrUpdate((request, result), (1, first), (_, known) => (known.Count + 1, known.FirstDetail));
    }

    /// <summary>Prints nothing when no request failed.</summary>
    public void Write(TextWriter output)
    {
        if (!_failures.IsEmpty)
        {
            output.WriteLine();
            output.WriteLine($"{Count} requests failed and are not part of the times and rates. {Describe()}");
        }
    }

    /// <returns>Whether the connection or the peer failed, or the client's time limit passed; not when the benchmark itself was stopped.</returns>
    public static bool IsTransient(Exception failure, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && (failure is HttpRequestException or IOException or TaskCanceledException);

    private string Describe() => string.Join("; ", _failures.Select(
        failure => $"{failure.Value.Count} x {failure.Key.Request}: {failure.Key.Result} ({failure.Value.FirstDetail})")) + ".";
}
