using System.Diagnostics;
using ServerlessScale.Local;

namespace ServerlessScale.ColdStart.Remote;

/// <summary>An app that runs somewhere else.</summary>
/// <param name="client">With the app's address.</param>
/// <param name="path">What is asked for, from the root.</param>
internal sealed class RemoteApp(HttpClient client, string path)
{
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public async Task<RemoteAnswer> AskAsync(CancellationToken cancellationToken)
    {
        var sent = Stopwatch.GetTimestamp();
        using var answer = await client.GetAsync(path, cancellationToken);
        return new(
            Stopwatch.GetElapsedTime(sent).TotalMilliseconds,
            (int)answer.StatusCode,
            Header(answer, "X-Instance-Id"),
            Header(answer, "X-Cold-Start") == "true");
    }

    /// <summary>Has the Functions host end its workers (POST /admin/host/restart, with the app's master key).</summary>
    /// <exception cref="LocalCloudException">The host refused.</exception>
    public async Task RestartAsync(string masterKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "admin/host/restart");
        request.Headers.Add("x-functions-key", masterKey);
        using var answer = await client.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new LocalCloudException($"The app refused to restart: {(int)answer.StatusCode} {answer.ReasonPhrase}.");
        }
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
