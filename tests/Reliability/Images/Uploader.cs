using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Tests.Reliability.Images;

/// <summary>A client that repeats what was not answered, as <c>Retry-After</c> says, and accepts nothing but an answer, 503 or a cut line.</summary>
internal sealed class Uploader(HttpClient client)
{
    private int _uploadsWithoutAnswer;
    private int _lost;

    /// <summary>Uploads that ended without 202: what they have left in storage is nobody's.</summary>
    public int UploadsWithoutAnswer => _uploadsWithoutAnswer;

    /// <summary>Requests of any kind that ended without an answer.</summary>
    public int Lost => _lost;

    /// <returns>The id that the upload was acknowledged with.</returns>
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

            Interlocked.Increment(ref _uploadsWithoutAnswer);
        }
    }

    /// <summary>Asks for the status until it is final, and returns that document.</summary>
    public async Task<JsonElement> EndOfAsync(string id, CancellationToken cancellationToken)
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

    /// <returns>Null when there was no answer, after the pause that was asked for.</returns>
    private async Task<JsonElement?> SendAsync(HttpRequestMessage request, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.StatusCode == expected)
            {
                return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var pause = Assert.NotNull(response.Headers.RetryAfter?.Delta);
            Interlocked.Increment(ref _lost);
            await Task.Delay(pause, cancellationToken);
        }
        catch (HttpRequestException cut) when (cut is { InnerException: IOException, HttpRequestError: not HttpRequestError.ConnectionError })
        {
            Interlocked.Increment(ref _lost);
        }

        return null;
    }
}
