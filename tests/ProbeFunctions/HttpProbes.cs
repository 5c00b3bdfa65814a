using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.Tests.ProbeFunctions;

/// <summary>HTTP functions for tests of a functions host. They cover streaming, ranges, cancellation, routes and timeouts.</summary>
public sealed class HttpProbes
{
    /// <summary>The number of cancelled <c>Hang</c> requests. Returned by <c>GET cancelled</c>.</summary>
    private static int _cancelled;
    private static readonly ConcurrentDictionary<string, long> Received = new();
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Releases = new();

    /// <summary>
    /// Counts the bytes of a request body as they arrive. <c>GET</c> returns the current count, even during the upload.
    /// </summary>
    [Function("Upload")]
    public static async Task<IResult> Upload([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "uploads/{key}")] HttpRequest request, string key)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            Received.AddOrUpdate(key, read, (_, before) => before + read);
        }

        return Results.NoContent();
    }

    [Function("Uploaded")]
    public static IResult Uploaded([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "uploads/{key}")] HttpRequest request, string key) =>
        Results.Text(Received.GetValueOrDefault(key).ToString(CultureInfo.InvariantCulture));

    /// <summary>Sends the first half of a response immediately, and the second half after a <c>POST</c> to the same path.</summary>
    [Function("Halves")]
    public static async Task Halves([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "halves/{key}")] HttpRequest request, string key)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var response = request.HttpContext.Response;
        response.ContentType = "text/plain";
        await response.WriteAsync("first ", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        await Releases.GetOrAdd(key, _ => new()).Task.WaitAsync(cancellationToken);
        await response.WriteAsync("second", cancellationToken);
    }

    [Function("Release")]
    public static IResult Release([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "halves/{key}")] HttpRequest request, string key)
    {
        Releases.GetOrAdd(key, _ => new()).TrySetResult();
        return Results.NoContent();
    }

    [Function("Text")]
    public static IResult Text([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "text")] HttpRequest request) =>
        Results.File(
            "0123456789"u8.ToArray(), "text/plain", enableRangeProcessing: true, entityTag: new("\"probe\""));

    [Function("Item")]
    public static IResult Item(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{id:int:min(1)}/{name?}")] HttpRequest request, int id, string? name) =>
        Results.Text(string.Create(CultureInfo.InvariantCulture, $"{id}:{name ?? "-"}"));

    /// <summary>Runs until the client disconnects, but for at most one minute.</summary>
    [Function("Hang")]
    public static async Task<IResult> Hang(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hang")] HttpRequest request, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, request.HttpContext.RequestAborted);
        try
        {
            await Task.Delay(TimeSpan.FromMinutes(1), either.Token);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
        }

        return Results.NoContent();
    }

    [Function("Cancelled")]
    public static IResult Cancelled([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "cancelled")] HttpRequest request) =>
        Results.Text(Volatile.Read(ref _cancelled).ToString(CultureInfo.InvariantCulture));

    /// <summary>Runs longer than <c>functionTimeout</c> and ignores cancellation.</summary>
    [Function("Stuck")]
    public static async Task<IResult> Stuck([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "stuck")] HttpRequest request)
    {
        await Task.Delay(TimeSpan.FromMinutes(2), CancellationToken.None);
        return Results.NoContent();
    }

    [Function("SlowStart")]
    public static async Task<IResult> SlowStart([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "slow")] HttpRequest request)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), request.HttpContext.RequestAborted);
        return Results.Text("done");
    }

    [Function("ProcessId")]
    public static IResult ProcessId([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "pid")] HttpRequest request) =>
        Results.Text(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>Returns the invocation id, and the value of the header in which the host passed the id to the worker.</summary>
    [Function("Headers")]
    public static IResult Headers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "headers")] HttpRequest request, FunctionContext context) =>
        Results.Json(new { context.InvocationId, header = request.Headers["x-ms-invocation-id"].ToString() });

    [Function("Disabled")]
    public static IResult Disabled([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "disabled")] HttpRequest request) =>
        Results.Text("enabled");

    /// <summary>
    /// Matches every request that <see cref="OverlapB"/> matches. Its name sorts before the name of <see cref="OverlapB"/>, so
    /// a response shows whether the host chooses the function by name.
    /// </summary>
    [Function("OverlapA")]
    public static IResult OverlapA([HttpTrigger(AuthorizationLevel.Anonymous, Route = "overlap/{*rest}")] HttpRequest request) =>
        Results.Text("first by name");

    [Function("overlapB")]
    public static IResult OverlapB([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "overlap/exact")] HttpRequest request) =>
        Results.Text("second by name");
}
