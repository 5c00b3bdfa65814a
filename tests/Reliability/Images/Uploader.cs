using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Tests.Reliability.Images;

/// <summary>
/// A client that repeats a request if the worker is lost. In that case, the host responds with 500, or with 503 while it is restarting, or
/// the connection breaks. A problem document from the app fails the test.
/// </summary>
internal sealed class Uploader(HttpClient client)
{
    private int _unacknowledgedUploads;
    private int _failedRequests;

    /// <summary>
    /// The number of upload attempts that did not get 202. These attempts may have left blobs that belong to no acknowledged image.
    /// </summary>
    public int UnacknowledgedUploads => _unacknowledgedUploads;

    /// <summary>The number of requests of all kinds that got 500 or 503 or lost their connection.</summary>
    public int FailedRequests => _failedRequests;

    /// <summary>Uploads a photograph. Repeats the upload until it is acknowledged.</summary>
    /// <returns>The image's id.</returns>
    public async Task<string> UploadAsync(Photograph photograph, TimeSpan duration, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/images")
            {
                Content = new PacedContent(photograph.Jpeg, (_, stop) => Task.Delay(duration / 10, stop)),
            };
            if (await SendAsync(request, HttpStatusCode.Accepted, cancellationToken) is { } image)
            {
                return image.GetProperty("id").GetString()!;
            }

            Interlocked.Increment(ref _unacknowledgedUploads);
        }
    }

    /// <summary>Polls the status of an image until the status is final. Returns the body of the last response.</summary>
    public async Task<JsonElement> FinalStatusAsync(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"api/images/{id}");
            if (await SendAsync(request, HttpStatusCode.OK, cancellationToken) is { } image
                && image.GetProperty("status").GetString() is "ready" or "failed")
            {
                return image;
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    /// <returns>The body of the response, or null if the request must be repeated.</returns>
    private async Task<JsonElement?> SendAsync(HttpRequestMessage request, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.StatusCode == expected)
            {
                return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            }

            Assert.True(response.StatusCode is HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable, $"{response}");
            Assert.NotEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Interlocked.Increment(ref _failedRequests);
            await Task.Delay(200, cancellationToken);
        }
        catch (HttpRequestException broken) when (broken is { InnerException: IOException, HttpRequestError: not HttpRequestError.ConnectionError })
        {
            Interlocked.Increment(ref _failedRequests);
        }

        return null;
    }
}
