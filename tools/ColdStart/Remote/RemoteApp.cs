using System.Diagnostics;
using ServerlessScale.Measurement;

namespace ServerlessScale.ColdStart.Remote;

/// <summary>An app that is already running, such as an app in Azure.</summary>
/// <param name="client">The HTTP client, whose base address is the app's address.</param>
/// <param name="path">The path of the requests.</param>
internal sealed class RemoteApp(HttpClient client, string path)
{
    /// <exception cref="HttpRequestException">The app did not respond.</exception>
    public async Task<RemoteResponse> SendAsync(CancellationToken cancellationToken)
    {
        var sent = Stopwatch.GetTimestamp();
        using var response = await client.GetAsync(path, cancellationToken);
        return new(
            Stopwatch.GetElapsedTime(sent).TotalMilliseconds,
            (int)response.StatusCode,
            Header(response, "X-Instance-Id"),
            Header(response, "X-Cold-Start") == "true");
    }

    /// <summary>
    /// Restarts the app with POST /admin/host/restart and the app's master key. The Functions host then stops its workers.
    /// </summary>
    /// <exception cref="CommandException">The host refused the request.</exception>
    public async Task RestartAsync(string masterKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "admin/host/restart");
        request.Headers.Add("x-functions-key", masterKey);
        using var response = await client.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new CommandException($"The app refused to restart: {(int)response.StatusCode} {response.ReasonPhrase}.");
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>A response from a running app.</summary>
/// <param name="Milliseconds">The time from when the request is sent until the response has been read.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Instance">The value of <c>X-Instance-Id</c>; null if the response does not have this header.</param>
/// <param name="Cold">Whether <c>X-Cold-Start</c> is <c>true</c>.</param>
internal sealed record RemoteResponse(double Milliseconds, int Status, string? Instance, bool Cold);
