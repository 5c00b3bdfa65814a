using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging;
using ServerlessScale.Local;
using ServerlessScale.Shared.Images.Processing;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>The complete system with the real worker process. Tests use it through HTTP.</summary>
public sealed class ImageCloud : IAsyncLifetime
{
    private readonly ErrorLog _log = new();
    private ILoggerFactory _loggers = null!;
    private LocalCloud _cloud = null!;

    /// <summary>A client without a token.</summary>
    public HttpClient Anonymous { get; private set; } = null!;

    /// <summary>A client with a token for customer <c>c1</c> that contains the <c>images.write</c> scope.</summary>
    public HttpClient Owner { get; private set; } = null!;

    public Uri BaseAddress => _cloud.BaseAddress;

    public BlobServiceClient Blobs { get; private set; } = null!;

    /// <summary>The errors that the host and the worker have logged so far.</summary>
    public IEnumerable<string> Errors => _log.Lines;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        _cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Loggers = _loggers }, Ct);
        Anonymous = _cloud.CreateClient();
        Owner = ClientOf("c1");
        Blobs = new BlobServiceClient(_cloud.StorageConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        Owner.Dispose();
        await _cloud.DisposeAsync();
        _loggers.Dispose();
    }

    /// <summary>Adds a message to the job queue, or to another queue.</summary>
    public async Task EnqueueAsync(string message, string name = ImageJobQueue.Name)
    {
        var queue = new QueueClient(_cloud.StorageConnectionString, name);
        await queue.CreateIfNotExistsAsync(cancellationToken: Ct);
        await queue.SendMessageAsync(message, Ct);
    }

    public HttpClient ClientOf(string customer, string scope = "images.write") =>
        _cloud.CreateClient(_cloud.Token(customer, scope));

    public string Token() => _cloud.Token("c1", "images.write");

    /// <summary>Uploads an image as customer <c>c1</c> and returns the image's id.</summary>
    public async Task<string> UploadAsync(byte[] image, string contentType = "image/jpeg")
    {
        using var body = new ByteArrayContent(image);
        body.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        using var response = await Owner.PostAsync("api/images", body, Ct);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;
    }

    /// <summary>Waits until the image is ready or has failed. Returns the body of the status response.</summary>
    public async Task<JsonElement> FinalStatusAsync(string id)
    {
        JsonElement image = default;
        await Eventually.TrueAsync(
            async () =>
            {
                image = await Anonymous.GetFromJsonAsync<JsonElement>($"api/images/{id}", Ct);
                return image.GetProperty("status").GetString() is "ready" or "failed";
            },
            $"image {id} is ready or has failed");
        return image;
    }

    /// <summary>Waits until the upgrade of the image has ended. Returns the body of the status response.</summary>
    public async Task<JsonElement> UpgradedAsync(string id)
    {
        JsonElement image = default;
        await Eventually.TrueAsync(
            async () =>
            {
                image = await Anonymous.GetFromJsonAsync<JsonElement>($"api/images/{id}", Ct);
                return image.TryGetProperty("upgradedAt", out _);
            },
            $"image {id} is upgraded");
        return image;
    }

    /// <inheritdoc cref="ImageBlobs.ListAsync"/>
    public Task<string[]> BlobsAsync() => ImageBlobs.ListAsync(Blobs, Ct);

    /// <summary>Returns the ids of all images that have a blob. Upgrades of images of earlier tests may add blobs meanwhile, but no ids.</summary>
    public async Task<string[]> ImagesAsync() => [.. (await BlobsAsync()).Select(name => name.Split('/', '.')[1]).Distinct()];

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                // Some formatters return null although their return type is not nullable.
                Lines.Enqueue($"{formatter(state, exception)}");
            }
        }

        public void Dispose()
        {
        }
    }
}
