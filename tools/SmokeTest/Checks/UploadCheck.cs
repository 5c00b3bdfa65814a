using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ServerlessScale.SmokeTest.Http;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Checks;

/// <summary>Uploads a photograph directly to storage, waits until its variants exist, and fetches each of them.</summary>
internal static class UploadCheck
{
    private const string Photograph = "sample.jpg";
    private const string MediaType = "image/jpeg";

    public static async Task<CheckOutcome> RunAsync(TestSession session, CancellationToken cancellationToken)
    {
        var photograph = await ReadAsync(cancellationToken);
        var upload = (await session.Shop.SendAsync(
            HttpMethod.Post, "api/uploads", new() { ["contentType"] = MediaType, ["bytes"] = photograph.Length }, header: null, cancellationToken)).Expect(201);
        var id = upload.Member<string>("id");
        session.Created.Add(new("image", token => DeleteAsync(session, id, token)));
        await PutAsync(session.Shop, upload, photograph, cancellationToken);
        (await session.Shop.SendAsync(HttpMethod.Post, $"api/uploads/{id}/complete", cancellationToken)).Expect(202);

        var start = session.Time.GetTimestamp();
        var image = await session.UntilAsync(
            () => ReadyAsync(session, id, cancellationToken), session.Options.Limit, () => $"The image {id} is not ready.", cancellationToken);
        var elapsed = session.Time.GetElapsedTime(start);
        var variants = image.Member<JsonArray>("variants");
        if (variants.Count == 0)
        {
            throw new CheckFailedException("The image has no variants", $"{image.Request} reports the status ready, but no variants.");
        }

        foreach (var variant in variants)
        {
            var response = await FetchAsync(session.Shop, variant!, cancellationToken);
            session.Image ??= new(id, variant!["url"]!.ToString(), response);
        }

        return CheckOutcome.Ok(string.Create(
            CultureInfo.InvariantCulture,
            $"{photograph.Length / 1000} kB, ready {elapsed.TotalSeconds:0.0} s after completion, "
            + $"{variants.Count} variants ({string.Join(", ", variants.Select(variant => variant!["url"]!.ToString().Split('/')[^1]))})"));
    }

    /// <summary>Deletes the image. It is also successful if the image was already deleted.</summary>
    public static async Task DeleteAsync(TestSession session, string id, CancellationToken cancellationToken)
    {
        var response = await session.Shop.SendAsync(HttpMethod.Delete, $"api/images/{id}", cancellationToken);
        if (response.Code != "image-not-found")
        {
            response.Expect(204);
        }
    }

    /// <summary>Sends the bytes to storage, which is not part of the shop and must not receive the token.</summary>
    private static async Task PutAsync(ShopClient shop, ShopResponse upload, byte[] bytes, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(upload.Member<string>("uploadUrl"), UriKind.Absolute, out var address))
        {
            throw new CheckFailedException("The response is not the documented one", $"{upload.Request} responded with an uploadUrl that is not an absolute URL.");
        }

        var request = new HttpRequestMessage(HttpMethod.Put, address)
        {
            Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(MediaType) } },
        };
        foreach (var (name, value) in upload.Member<JsonObject>("headers"))
        {
            request.Headers.TryAddWithoutValidation(name, value?.ToString());
        }

        (await shop.SendAsync(request, cancellationToken)).Expect(201);
    }

    private static async Task<ShopResponse?> ReadyAsync(TestSession session, string id, CancellationToken cancellationToken)
    {
        var response = (await session.Shop.SendAsync(HttpMethod.Get, $"api/images/{id}", cancellationToken)).Expect(200);
        return response.Member<string>("status") switch
        {
            "ready" => response,
            "failed" => throw new CheckFailedException("The image could not be processed", $"{response.Request}: {response.Member<JsonObject>("error").ToJsonString()}"),
            _ => null,
        };
    }

    private static async Task<ShopResponse> FetchAsync(ShopClient shop, JsonNode variant, CancellationToken cancellationToken)
    {
        var response = (await shop.GetAsync(variant["url"]?.ToString() ?? "", cancellationToken)).Expect(200);
        var expected = variant["bytes"]?.GetValue<long>();
        return response.MediaType?.StartsWith("image/", StringComparison.Ordinal) == true && response.Body.Length == expected
            ? response
            : throw new CheckFailedException(
                "The variant is not the listed one",
                $"{response.Request} responded with {response.Body.Length} bytes of {response.MediaType} instead of {expected} bytes of an image.");
    }

    private static async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        await using var resource = typeof(UploadCheck).Assembly.GetManifestResourceStream(Photograph)!;
        using var bytes = new MemoryStream();
        await resource.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }
}
