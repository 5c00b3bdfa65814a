using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Images.Storage;
using SixLabors.ImageSharp;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Tests the HTTP contract for images and uploads (docs/api.md) with the real worker process.</summary>
public sealed class ImageHttpTests(ImageCloud cloud) : IClassFixture<ImageCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_uploaded_photograph_produces_variants_of_all_sizes()
    {
        using var body = new ByteArrayContent(Pictures.Jpeg(1000, 500));
        body.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        using var accepted = await cloud.Owner.PostAsync("api/images", body, Ct);
        var answer = await accepted.Content.ReadFromJsonAsync<JsonElement>(Ct);
        var id = answer.GetProperty("id").GetString()!;

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal($"/api/images/{id}", accepted.Headers.Location?.OriginalString);
        Assert.Equal("queued", answer.GetProperty("status").GetString());
        Assert.Equal($"/api/images/{id}", answer.GetProperty("links").GetProperty("self").GetString());
        Assert.True(accepted.Headers.CacheControl?.NoStore);

        var image = await cloud.FinalStatusAsync(id);
        Assert.Equal("ready", image.GetProperty("status").GetString());
        Assert.Equal(1000, image.GetProperty("source").GetProperty("width").GetInt32());
        var variants = image.GetProperty("variants").EnumerateArray().Where(v => v.GetProperty("format").GetString() != "avif").ToArray();
        Assert.Equal(
            ["160.jpg", "160.webp", "480.jpg", "480.webp", "960.jpg", "960.webp"],
            variants.Select(v => v.GetProperty("url").GetString()!.Split('/')[^1]).Order(StringComparer.Ordinal));
        foreach (var variant in variants)
        {
            var bytes = await cloud.Anonymous.GetByteArrayAsync(variant.GetProperty("url").GetString(), Ct);
            Assert.Equal(variant.GetProperty("bytes").GetInt64(), bytes.Length);
            var info = Image.Identify(bytes);
            Assert.Equal((variant.GetProperty("width").GetInt32(), variant.GetProperty("height").GetInt32()), (info.Width, info.Height));
        }

        Assert.InRange(image.GetProperty("thumbHash").GetBytesFromBase64().Length, 5, 25);
        Assert.Matches("^#[0-9a-f]{6}$", image.GetProperty("dominantColor").GetString());
        var timings = image.GetProperty("timings").EnumerateObject().Select(t => t.Name);
        Assert.Equal(
            ["uploadMs", "queueWaitMs", "memoryWaitMs", "downloadMs", "decodeMs", "resizeMs", "encodeMs", "storeMs"], timings);
    }

    [Fact]
    public async Task A_variant_supports_caching_conditional_requests_and_ranges()
    {
        var url = $"images/{await ReadyAsync()}/480.webp";
        using var whole = await cloud.Anonymous.GetAsync(url, Ct);
        var bytes = await whole.Content.ReadAsByteArrayAsync(Ct);
        var etag = whole.Headers.ETag!;

        Assert.Equal("public, max-age=31536000, immutable", whole.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("nosniff", whole.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("image/webp", whole.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(whole.Content.Headers.LastModified);
        Assert.Contains("bytes", whole.Headers.AcceptRanges);

        using var same = await SendAsync(HttpMethod.Get, url, r => r.Headers.IfNoneMatch.Add(etag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(etag, same.Headers.ETag);

        using var unchanged = await SendAsync(HttpMethod.Get, url, r => r.Headers.IfModifiedSince = whole.Content.Headers.LastModified);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using var head = await SendAsync(HttpMethod.Head, url);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(bytes.Length, head.Content.Headers.ContentLength);
        Assert.Equal(etag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Ct));

        using var part = await SendAsync(HttpMethod.Get, url, r => r.Headers.Range = new RangeHeaderValue(10, 19));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal($"bytes 10-19/{bytes.Length}", part.Content.Headers.ContentRange?.ToString());
        Assert.Equal(bytes[10..20], await part.Content.ReadAsByteArrayAsync(Ct));

        using var suffix = await SendAsync(HttpMethod.Get, url, r => r.Headers.Range = new RangeHeaderValue(null, 5));
        Assert.Equal(bytes[^5..], await suffix.Content.ReadAsByteArrayAsync(Ct));

        using var stale = await SendAsync(HttpMethod.Get, url, r =>
        {
            r.Headers.Range = new RangeHeaderValue(10, 19);
            r.Headers.IfRange = new RangeConditionHeaderValue("\"another\"");
        });
        Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
        Assert.Equal(bytes, await stale.Content.ReadAsByteArrayAsync(Ct));

        using var beyond = await SendAsync(HttpMethod.Get, url, r => r.Headers.Range = new RangeHeaderValue(bytes.Length, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        Assert.Equal($"bytes */{bytes.Length}", beyond.Content.Headers.ContentRange?.ToString());
        Assert.True(beyond.Headers.CacheControl?.NoStore);
        Assert.Equal("application/problem+json", beyond.Content.Headers.ContentType?.MediaType);

        using var headOfPart = await SendAsync(HttpMethod.Head, url, r => r.Headers.Range = new RangeHeaderValue(10, 19));
        Assert.Equal(HttpStatusCode.OK, headOfPart.StatusCode);
        Assert.Equal(bytes.Length, headOfPart.Content.Headers.ContentLength);

        using var lines = await SendAsync(HttpMethod.Get, url, r => r.Headers.Add("Range", "lines=0-4"));
        Assert.Equal(HttpStatusCode.OK, lines.StatusCode);

        using var known = await SendAsync(HttpMethod.Get, url, r =>
        {
            r.Headers.IfNoneMatch.Add(etag);
            r.Headers.IfModifiedSince = DateTimeOffset.UnixEpoch;
        });
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);

        using var another = await SendAsync(HttpMethod.Get, url, r => r.Headers.IfMatch.Add(new EntityTagHeaderValue("\"another\"")));
        Assert.Equal(HttpStatusCode.PreconditionFailed, another.StatusCode);
        Assert.True(another.Headers.CacheControl?.NoStore);
        Assert.Equal("application/problem+json", another.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_image_status_supports_conditional_requests()
    {
        var url = $"api/images/{await ReadyAsync()}";
        using var first = await cloud.Anonymous.GetAsync(url, Ct);

        using var same = await SendAsync(HttpMethod.Get, url, r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        using var any = await SendAsync(HttpMethod.Get, url, r => r.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any));
        using var other = await SendAsync(HttpMethod.Get, url, r => r.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"other\"")));
        using var head = await SendAsync(HttpMethod.Head, url);

        Assert.True(first.Headers.CacheControl?.NoCache);
        Assert.Null(first.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, any.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal((HttpStatusCode.OK, first.Headers.ETag), (head.StatusCode, head.Headers.ETag));
    }

    [Fact]
    public async Task The_status_response_for_an_unfinished_image_has_Retry_After()
    {
        var id = await QueuedWithoutAJobAsync();

        using var status = await cloud.Anonymous.GetAsync($"api/images/{id}", Ct);
        using var variant = await cloud.Anonymous.GetAsync($"images/{id}/480.webp", Ct);

        Assert.Equal("queued", (await status.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("status").GetString());
        Assert.Equal(TimeSpan.FromSeconds(1), status.Headers.RetryAfter?.Delta);
        await AssertProblemAsync(variant, 404, "image-not-ready");
        Assert.Equal(TimeSpan.FromSeconds(1), variant.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task An_image_uploaded_to_storage_becomes_ready()
    {
        var image = Pictures.Jpeg();
        using var offered = await cloud.Owner.PostAsJsonAsync("api/uploads", new { contentType = "image/jpeg", bytes = image.Length }, Ct);
        var ticket = await offered.Content.ReadFromJsonAsync<JsonElement>(Ct);
        var id = ticket.GetProperty("id").GetString()!;
        using var put = new HttpRequestMessage(HttpMethod.Put, ticket.GetProperty("uploadUrl").GetString()) { Content = new ByteArrayContent(image) };
        foreach (var header in ticket.GetProperty("headers").EnumerateObject())
        {
            put.Headers.Add(header.Name, header.Value.GetString());
        }

        using var uploaded = await cloud.Anonymous.SendAsync(put, Ct);
        using var completed = await cloud.Owner.PostAsync($"api/uploads/{id}/complete", null, Ct);
        var end = await cloud.FinalStatusAsync(id);
        using var again = await cloud.Owner.PostAsync($"api/uploads/{id}/complete", null, Ct);

        Assert.Equal(HttpStatusCode.Created, offered.StatusCode);
        Assert.True(offered.Headers.CacheControl?.NoStore);
        Assert.True(ticket.GetProperty("expiresAt").GetDateTimeOffset() > DateTimeOffset.UtcNow);
        Assert.Equal(HttpStatusCode.Created, uploaded.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, completed.StatusCode);
        Assert.Equal($"/api/images/{id}", completed.Headers.Location?.OriginalString);
        Assert.Equal("ready", end.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
    }

    [Fact]
    public async Task Deleting_an_image_removes_its_variants()
    {
        var id = await ReadyAsync();
        using var stranger = cloud.ClientOf("c2");

        using var strangers = await stranger.DeleteAsync($"api/images/{id}", Ct);
        using var deleted = await cloud.Owner.DeleteAsync($"api/images/{id}", Ct);
        using var again = await cloud.Owner.DeleteAsync($"api/images/{id}", Ct);
        using var status = await cloud.Anonymous.GetAsync($"api/images/{id}", Ct);
        using var variant = await cloud.Anonymous.GetAsync($"images/{id}/480.webp", Ct);

        await AssertProblemAsync(strangers, 404, "image-not-found");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await AssertProblemAsync(again, 404, "image-not-found");
        await AssertProblemAsync(status, 404, "image-not-found");
        await AssertProblemAsync(variant, 404, "image-not-found");
        Assert.DoesNotContain(await cloud.BlobsAsync(), name => name.Contains(id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_status_of_a_truncated_photograph_states_the_reason()
    {
        var id = await cloud.UploadAsync(Pictures.TruncatedJpeg());

        var image = await cloud.FinalStatusAsync(id);
        using var variant = await cloud.Anonymous.GetAsync($"images/{id}/480.webp", Ct);

        Assert.Equal("failed", image.GetProperty("status").GetString());
        Assert.Equal("image-truncated", image.GetProperty("error").GetProperty("code").GetString());
        await AssertProblemAsync(variant, 404, "image-failed");
        Assert.Equal([$"manifests/{id}.json"], (await cloud.BlobsAsync()).Where(name => name.Contains(id, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("%2e%2e")]
    [InlineData("..%2F..%2Fmanifests")]
    [InlineData("0123456789ABCDEFGHJKMNPQRS")]
    [InlineData("x")]
    public async Task An_image_path_without_a_valid_id_gets_404(string id)
    {
        foreach (var path in (string[])[$"api/images/{id}", $"images/{id}/480.webp"])
        {
            var (status, _) = await RawAsync($"GET /{path} HTTP/1.1\r\nHost: {cloud.BaseAddress.Authority}\r\nConnection: close\r\n\r\n");

            Assert.Equal(404, status);
        }
    }

    [Theory]
    [InlineData("0123456789abcdefghjkmnpqrs", "480.webp", "image-not-found")]
    [InlineData("x", "480.webp", "image-not-found")]
    public async Task An_unknown_image_gets_404(string id, string file, string code)
    {
        using var status = await cloud.Anonymous.GetAsync($"api/images/{id}", Ct);
        using var variant = await cloud.Anonymous.GetAsync($"images/{id}/{file}", Ct);
        using var completion = await cloud.Owner.PostAsync($"api/uploads/{id}/complete", null, Ct);

        await AssertProblemAsync(status, 404, code);
        await AssertProblemAsync(variant, 404, code);
        await AssertProblemAsync(completion, 404, code);
    }

    [Theory]
    [InlineData("961.webp")]
    [InlineData("0480.webp")]
    [InlineData("480.exe")]
    [InlineData("480")]
    public async Task The_problem_for_an_unknown_variant_lists_existing_variants(string file)
    {
        using var response = await cloud.Anonymous.GetAsync($"images/{await ReadyAsync()}/{file}", Ct);

        var problem = await AssertProblemAsync(response, 404, "variant-not-found");
        Assert.Contains(
            problem.GetProperty("variants").EnumerateArray(), v => v.GetString()!.EndsWith("/480.webp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Image_uploads_require_a_token_with_the_images_write_scope()
    {
        using var reader = cloud.ClientOf("c1", "orders.read");
        foreach (var path in (string[])["api/images", "api/uploads", "api/uploads/0123456789abcdefghjkmnpqrs/complete"])
        {
            using var nobody = await cloud.Anonymous.PostAsync(path, new ByteArrayContent(Pictures.Jpeg()), Ct);
            using var wrongScope = await reader.PostAsync(path, new ByteArrayContent(Pictures.Jpeg()), Ct);

            Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, wrongScope.StatusCode);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain text that calls itself a photograph")]
    public async Task An_uploaded_body_that_is_not_an_image_is_rejected(string text)
    {
        using var body = new StringContent(text, Encoding.ASCII, "image/jpeg");
        using var response = await cloud.Owner.PostAsync("api/images", body, Ct);

        await (text.Length == 0
            ? AssertProblemAsync(response, 400, "empty-body")
            : AssertProblemAsync(response, 415, "unsupported-image-type"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_over_the_size_limit_leaves_no_blobs_behind(bool lengthIsKnown)
    {
        var known = await cloud.ImagesAsync();
        using var body = new ByteArrayContent(Pictures.JpegOfSize((int)new ImageOptions().MaxPostedBytes + 1));
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/images") { Content = body };
        request.Headers.TransferEncodingChunked = !lengthIsKnown;
        if (lengthIsKnown)
        {
            // The client waits for a 100 (Continue) response before it sends the body, but the server rejects the request.
            request.Headers.ExpectContinue = true;
        }

        using var response = await cloud.Owner.SendAsync(request, Ct);

        var problem = await AssertProblemAsync(response, 413, "image-too-large");
        Assert.Equal(new ImageOptions().MaxPostedBytes, problem.GetProperty("maxBytes").GetInt64());
        Assert.Contains("POST /api/uploads", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty((await cloud.ImagesAsync()).Except(known));
    }

    [Fact]
    public async Task An_aborted_upload_leaves_no_blobs_behind()
    {
        var known = await cloud.ImagesAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(cloud.BaseAddress.Host, cloud.BaseAddress.Port, Ct);
            var stream = client.GetStream();

            // The host streams only chunked bodies to the app.
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(string.Create(
                    CultureInfo.InvariantCulture,
                    $"POST /api/images HTTP/1.1\r\nHost: {cloud.BaseAddress.Authority}\r\nAuthorization: Bearer {cloud.Token()}\r\nTransfer-Encoding: chunked\r\n\r\n{8_000_000:X}\r\n")),
                Ct);
            await stream.WriteAsync(Pictures.JpegOfSize(5_000_000), Ct);
            await Eventually.TrueAsync(
                async () => (await cloud.ImagesAsync()).Except(known).Any(), "the first blocks have arrived");
        }

        await Eventually.TrueAsync(
            async () => !(await cloud.ImagesAsync()).Except(known).Any(), "the blocks of the aborted upload are removed");
    }

    [Fact]
    public async Task The_original_is_retained_when_all_attempts_fail()
    {
        // Every attempt fails because the manifest lacks the ETag of the original. The app never writes such a manifest.
        var id = await QueuedWithoutAJobAsync();
        await cloud.Blobs.GetBlobContainerClient("uploads").CreateIfNotExistsAsync(cancellationToken: Ct);
        await cloud.Blobs.GetBlobContainerClient("uploads").UploadBlobAsync(id.Value, new BinaryData(Pictures.Jpeg()), Ct);

        await cloud.EnqueueAsync(new ImageJobMessage(id.Value, DateTimeOffset.UtcNow).ToJson());

        var image = await cloud.FinalStatusAsync(id.Value);
        Assert.Equal("processing-failed", image.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains($"uploads/{id}", await cloud.BlobsAsync());
    }

    [Fact]
    public async Task An_invalid_job_message_is_logged_and_dropped()
    {
        await cloud.EnqueueAsync("this is not a job");

        // The host adds a copy of the message to the poison queue. The copy gets a new id.
        await Eventually.TrueAsync(
            () => Task.FromResult(cloud.Errors.Any(line =>
                Regex.IsMatch(line, "Message [0-9a-f-]{36} is not a valid image job and is dropped; it has 17 characters"))),
            "the move of the message to the poison queue is logged");
    }

    /// <summary>Returns the id of an image that is ready and upgraded, so that it does not change during the test.</summary>
    private async Task<string> ReadyAsync()
    {
        var id = await cloud.UploadAsync(Pictures.Jpeg());
        await cloud.UpgradedAsync(id);
        return id;
    }

    private async Task<ImageId> QueuedWithoutAJobAsync()
    {
        var id = ImageId.New();
        var manifest = new ImageManifest
        {
            Id = id.Value,
            Owner = "c1",
            Status = ImageStatus.Queued,
            CreatedAt = DateTimeOffset.UtcNow,
            Source = new ImageSource(1, "image/jpeg"),
        };
        await new ManifestStore(cloud.Blobs).CreateAsync(id, manifest, Ct);
        return id;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string url, Action<HttpRequestMessage>? configure = null)
    {
        using var request = new HttpRequestMessage(method, url);
        configure?.Invoke(request);
        return await cloud.Anonymous.SendAsync(request, Ct);
    }

    /// <summary>Sends the path unchanged over a socket, because an HTTP client would normalize dots and escapes in the path.</summary>
    private async Task<(int Status, string Text)> RawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(cloud.BaseAddress.Host, cloud.BaseAddress.Port, Ct);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Ct);
        var text = await new StreamReader(stream).ReadToEndAsync(Ct);
        return (int.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture), text);
    }
}
