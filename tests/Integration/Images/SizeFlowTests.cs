using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Rendering;
using ServerlessScale.Shared.Images.Sizes;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>
/// Tests how sizes are made when requests, instances and removals interleave. Each <see cref="SizeMaking"/> stands for an instance, because
/// the instances share only the storage account.
/// </summary>
public sealed class SizeFlowTests(ImageFlows flows) : IClassFixture<ImageFlows>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hundred_requests_to_two_instances_make_a_size_once()
    {
        var id = await ReadyAsync();
        var engine = new ScriptedEngine(() => Task.Delay(100, Ct));
        using var first = Instance(engine);
        using var second = Instance(engine);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => ReadAsync(i % 2 == 0 ? first : second, id, "w100.webp")));

        Assert.All(outcomes, outcome => Assert.Equal("w100.webp", outcome));
        Assert.Equal(1, engine.Renderings);
        Assert.Equal("w100.webp", await ReadAsync(first, id, "w100.webp"));
        Assert.Equal(1, engine.Renderings);
    }

    [Fact]
    public async Task A_request_waits_for_another_instance_and_then_gets_503()
    {
        var id = await ReadyAsync();
        Assert.NotNull(await new SizeStore(flows.Blobs).TryClaimAsync(id, Size("w100.webp"), Ct));
        var engine = new ScriptedEngine();
        using var making = Instance(engine, time: new FastTime());

        Assert.Equal("503 size-unavailable", await ReadAsync(making, id, "w100.webp"));
        Assert.Equal(0, engine.Renderings);
    }

    [Fact]
    public async Task The_claim_of_a_killed_instance_ends_after_a_minute()
    {
        var id = await ReadyAsync();
        var killed = await new SizeStore(flows.Blobs).TryClaimAsync(id, Size("w100.webp"), Ct);
        var engine = new ScriptedEngine();
        using var early = Instance(engine, BlobsLater(TimeSpan.FromSeconds(50)), time: new FastTime());
        using var late = Instance(engine, BlobsLater(TimeSpan.FromSeconds(70)));

        Assert.Equal("503 size-unavailable", await ReadAsync(early, id, "w100.webp"));
        Assert.Equal("w100.webp", await ReadAsync(late, id, "w100.webp"));
        Assert.False(await new SizeStore(flows.Blobs).StoreAsync(killed!, [1], Ct));
    }

    [Fact]
    public async Task A_failed_attempt_does_not_block_the_next_one()
    {
        var id = await ReadyAsync();
        using var failing = Instance(new ScriptedEngine(() => throw new InvalidOperationException("No memory.")));
        using var working = Instance(new ScriptedEngine());

        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(failing, id, "w100.webp"));
        Assert.Equal("w100.webp", await ReadAsync(working, id, "w100.webp"));
    }

    [Fact]
    public async Task A_client_that_disconnects_does_not_stop_the_making()
    {
        var id = await ReadyAsync();
        var isRendering = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        var engine = new ScriptedEngine(() =>
        {
            isRendering.SetResult();
            return mayEnd.Task;
        });
        using var making = Instance(engine);
        using var client = new CancellationTokenSource();

        var request = making.OpenAsync(id.Value, Size("w100.webp"), true, client.Token);
        await isRendering.Task;
        var other = ReadAsync(making, id, "w100.webp");
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        mayEnd.SetResult();

        Assert.Equal("w100.webp", await other);
        Assert.Equal(1, engine.Renderings);
    }

    [Fact]
    public async Task The_number_of_sizes_of_an_image_is_limited()
    {
        var id = await ReadyAsync();
        var other = await ReadyAsync();
        using var first = Instance(new ScriptedEngine(), maxSizes: 3);
        using var second = Instance(new ScriptedEngine(), maxSizes: 3);

        var concurrent = await Task.WhenAll(
            Enumerable.Range(1, 20).Select(width => ReadAsync(width % 2 == 0 ? first : second, id, $"w{width}.webp")));
        for (var width = 21; width < 25; width++)
        {
            await ReadAsync(first, id, $"w{width}.webp");
        }

        Assert.All(concurrent, outcome => Assert.True(outcome is ['w', ..] or "409 size-limit-reached", outcome));
        var sizes = (await flows.BlobsOfAsync(id, Ct)).Where(name => ImageSize.TryParse(name.Split('/')[^1], out _)).ToArray();
        Assert.Equal(3, sizes.Length);
        Assert.Equal("409 size-limit-reached", await ReadAsync(first, id, "w99.webp"));
        Assert.All(sizes, name => Assert.Equal(name.Split('/')[^1], ReadAsync(second, id, name.Split('/')[^1]).GetAwaiter().GetResult()));
        Assert.Equal("w99.webp", await ReadAsync(first, other, "w99.webp"));
    }

    [Fact]
    public async Task An_image_that_is_deleted_during_the_making_leaves_no_blob()
    {
        var id = await ReadyAsync();
        using var making = Instance(new ScriptedEngine(async () => Assert.Null(await flows.Removal.DeleteAsync(id.Value, "c1", Ct))));

        Assert.Equal("404 variant-not-found", await ReadAsync(making, id, "w100.webp"));
        Assert.Empty(await flows.BlobsOfAsync(id, Ct));
        Assert.Equal("404 image-not-found", await ReadAsync(making, id, "w100.webp"));
        Assert.Empty(await flows.BlobsOfAsync(id, Ct));
    }

    [Fact]
    public async Task Deleting_an_image_removes_its_sizes()
    {
        var id = await ReadyAsync();
        using var making = Instance(new ScriptedEngine());
        await ReadAsync(making, id, "w100.webp");
        await ReadAsync(making, id, "w100-h100-cover.jpg");
        Assert.Equal(2, (await flows.BlobsOfAsync(id, Ct)).Count(name => name.Contains("/w100", StringComparison.Ordinal)));

        Assert.Null(await flows.Removal.DeleteAsync(id.Value, "c1", Ct));

        Assert.Empty(await flows.BlobsOfAsync(id, Ct));
        Assert.Equal("404 image-not-found", await ReadAsync(making, id, "w100.webp"));
    }

    [Fact]
    public async Task An_image_that_is_not_ready_has_no_sizes()
    {
        var (id, _) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        using var making = Instance(new ScriptedEngine());

        Assert.Equal("404 image-not-ready", await ReadAsync(making, id, "w100.webp"));
        Assert.Equal("404 image-not-found", await ReadAsync(making, ImageId.New(), "w100.webp"));
        Assert.DoesNotContain(await flows.BlobsOfAsync(id, Ct), name => name.StartsWith("variants/", StringComparison.Ordinal));
    }

    private static ImageSize Size(string name) =>
        ImageSize.TryParse(name, out var size) ? size : throw new ArgumentException($"{name} is not a size.", nameof(name));

    private async Task<ImageId> ReadyAsync()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);
        return id;
    }

    private SizeMaking Instance(IImageEngine engine, BlobServiceClient? blobs = null, TimeProvider? time = null, int maxSizes = 100)
    {
        var options = Microsoft.Extensions.Options.Options.Create(flows.Options);
        return new SizeMaking(
            flows.Manifests, flows.Originals, flows.Variants, new SizeStore(blobs ?? flows.Blobs), new Lazy<IImageEngine>(engine), new PixelBudget(options),
            options, Microsoft.Extensions.Options.Options.Create(new SizeOptions { MaxSizes = maxSizes }), time ?? TimeProvider.System,
            NullLogger<SizeMaking>.Instance);
    }

    /// <returns>The content as text, or the status and code of the problem.</returns>
    private static async Task<string> ReadAsync(SizeMaking making, ImageId id, string name)
    {
        var outcome = await making.OpenAsync(id.Value, Size(name), wholeIsWanted: true, Ct);
        if (!outcome.Succeeded(out var stored, out var problem))
        {
            return $"{problem.Status} {problem.Code}";
        }

        await using var content = stored.Content;
        Assert.Equal(Size(name).ContentType, stored.ContentType);
        return await new StreamReader(content).ReadToEndAsync(Ct);
    }

    /// <summary>Returns a client to which the clock of the storage service appears to be ahead.</summary>
    private BlobServiceClient BlobsLater(TimeSpan later) => flows.BlobsWith(new BlobClientOptions
    {
        Transport = new HttpClientTransport(new LaterDates(later)),
    });

    private sealed class LaterDates(TimeSpan later) : DelegatingHandler(new HttpClientHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            response.Headers.Date += later;
            return response;
        }
    }

    /// <summary>A clock that is 100 times as fast, so that a test need not wait for a time limit.</summary>
    private sealed class FastTime : TimeProvider
    {
        public override long GetTimestamp() => base.GetTimestamp() * 100;
    }
}
