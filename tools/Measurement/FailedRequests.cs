using System.Collections.Concurrent;
using System.Net;

namespace ServerlessScale.Measurement;

/// <summary>
/// Counts the failed requests of a benchmark or an experiment. A busy machine occasionally responds with status 503, and such a failure must not end a run
/// of several minutes. Failed requests are excluded from the times and rates, and their number is printed below the table.
/// </summary>
public sealed class FailedRequests
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryLimit = TimeSpan.FromMinutes(2);
    private const int LongestDetail = 200;

    private readonly ConcurrentDictionary<(string Request, string Result), (int Count, string FirstDetail)> _failures = new();

    public int Count => _failures.Values.Sum(failure => failure.Count);

    /// <summary>The failures by request and result, such as <c>503</c> or <c>no response</c>.</summary>
    public IReadOnlyList<(string Request, string Result, int Count)> All =>
        [.. _failures.Select(failure => (failure.Key.Request, failure.Key.Result, failure.Value.Count))];

    /// <summary>
    /// Sends a request. Counts it as failed when there is no response or when the status is not one of the expected statuses.
    /// </summary>
    /// <param name="name">The name under which failures are counted, such as <c>GET api/orders/{id}</c>.</param>
    /// <param name="expected">The statuses that are not counted as failures.</param>
    /// <returns>The response with a buffered body, or null when the request failed.</returns>
    public async Task<HttpResponseMessage?> SendAsync(
        HttpClient client, string name, HttpRequestMessage request, CancellationToken cancellationToken, params HttpStatusCode[] expected)
    {
        ArgumentNullException.ThrowIfNull(client);
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

    /// <summary>
    /// Repeats a request until it succeeds, and counts each failure. Use this method for steps that the benchmark depends on.
    /// </summary>
    /// <param name="name">The name under which failures are counted.</param>
    /// <param name="create">Creates a new request for each attempt.</param>
    /// <exception cref="CommandException">No response had an expected status within two minutes.</exception>
    public async Task<HttpResponseMessage> SendUntilExpectedAsync(
        HttpClient client, string name, Func<HttpRequestMessage> create, CancellationToken cancellationToken, params HttpStatusCode[] expected)
    {
        ArgumentNullException.ThrowIfNull(create);
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
        ArgumentNullException.ThrowIfNull(detail);
        var line = detail.ReplaceLineEndings(" ");
        var first = line.Length <= LongestDetail ? line : $"{line[..LongestDetail]}...";
        _failures.AddOrUpdate((request, result), (1, first), (_, known) => (known.Count + 1, known.FirstDetail));
    }

    /// <summary>Prints the number of failed requests and a description of each failure. Prints nothing when no request failed.</summary>
    public void Write(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!_failures.IsEmpty)
        {
            output.WriteLine();
            output.WriteLine($"Failed requests (excluded from the times and rates): {Count}. {Describe()}");
        }
    }

    /// <returns>
    /// True when the connection or the peer failed, or when the client's timeout expired. False when the benchmark itself was cancelled.
    /// </returns>
    public static bool IsTransient(Exception failure, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && (failure is HttpRequestException or IOException or TaskCanceledException);

    private string Describe() => string.Join("; ", _failures.Select(
        failure => $"{failure.Value.Count} x {failure.Key.Request}: {failure.Key.Result} ({failure.Value.FirstDetail})")) + ".";
}
