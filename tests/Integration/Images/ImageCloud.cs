using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging;
using ServerlessScale.Local;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>The whole system with the real worker, shared by the tests that talk to it as clients do.</summary>
public sealed class ImageCloud : IAsyncLifetime
{
    private readonly ErrorLog _log = new();
    private ILoggerFactory _loggers = null!;
    private LocalCloud _cloud = null!;

    /// <summary>Without a token.</summary>
    public HttpClient Anyone { get; private set; } = null!;

    /// <summary>Customer <c>c1</c> with <c>images.write</c>.</summary>
    public HttpClient Owner { get; private set; } = null!;

    public Uri BaseAddress => _cloud.BaseAddress;

    public BlobServiceClient Blobs { get; private set; } = null!;

    /// <summary>What the host and the worker have logged as errors so far.</summary>
    public IEnumerable<string> Errors => _log.Lines;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        _cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Loggers = _loggers }, Ct);
        Anyone = _cloud.CreateClient();
        Owner = ClientOf("c1");
        Blobs = new BlobServiceClient(_cloud.StorageConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        Anyone.Dispose();
        Owner.Dispose();
        await _cloud.DisposeAsync();
        _loggers.Dispose();
    }

    /// <summary>Puts a message into the job queue.</summary>
    public async Task EnqueueAsync(string message)
    {
        var queue = new QueueClient(_cloud.StorageConnectionString, ImageJobQueue.Name);
        await queue.CreateIfNotExistsAsync(cancellationToken: Ct);
        await queue.SendMessageAsync(message, Ct);
    }

    public HttpClient ClientOf(string customer, string scope = "images.write") =>
        _cloud.CreateClient(_cloud.Token(customer, scope));

    public string Token() => _cloud.Token("c1", "images.write");

    /// <summary>Uploads and returns the image's id.</summary>
    public async Task<string> UploadAsync(byte[] image, string contentType = "image/jpeg")
    {
        using var body = new ByteArrayContent(image);
        body.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        using var response = await Owner.PostAsync("api/images", body, Ct);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;
    }

    /// <summary>Waits until the image is ready or failed and returns its status document.</summary>
    public async Task<JsonElement> EndOfAsync(string id)
    {
        JsonElement image = default;
        await Eventually.TrueAsync(
            async () =>
            {
                image = await Anyone.GetFromJsonAsync<JsonElement>($"api/images/{id}", Ct);
                return image.GetProperty("status").GetString() is "ready" or "failed";
            },
            $"{id} ends");
        return image;
    }

    /// <inheritdoc cref="ImageBlobs.ListAsync"/>
    public Task<string[]> BlobsAsync() => ImageBlobs.ListAsync(Blobs, Ct);

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
                // A formatter may return null, whatever its type says.
                Lines.Enqueue($"{formatter(state, exception)}");
            }
        }

        public void Dispose()
        {
        }
    }
}
