using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.FunctionHost.Protocol;
using ServerlessScale.FunctionHost.Workers;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.FunctionHost.Http;

/// <summary>
/// Invokes HTTP functions. For each request, the host sends an invocation request on the worker's event stream, and concurrently forwards
/// the HTTP request to the worker's own HTTP server. The worker matches both requests by the invocation id. When the host cannot deliver a
/// request or gets no response, the client gets 500 without a body, as from Azure's host.
/// </summary>
internal sealed partial class HttpInvocations(
    WorkerSupervisor workers, FunctionInvoker invoker, IHttpForwarder forwarder, ILoggerFactory loggers) : IDisposable
{
    private const string InvocationIdHeader = "x-ms-invocation-id";

    /// <summary>
    /// The maximum time that a request waits while the worker is being replaced. Azure's host waits for up to four worker starts of 10
    /// seconds each.
    /// </summary>
    private static readonly TimeSpan WorkerWait = TimeSpan.FromSeconds(40);

    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromSeconds(240) };

    private readonly ILogger _logger = loggers.CreateLogger("FunctionHost.Http");

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        ConnectCallback = ConnectAsync,
    });

    public async Task InvokeAsync(HttpContext context, FunctionDescription function)
    {
        // HostPages sends the home page only if this feature is missing, because then no function handles the request.
        context.Features.Set(function);
        if (workers.IsDown)
        {
            await WriteDownAsync(context);
            return;
        }

        if (UndeliverableReason(context.Request) is { } reason)
        {
            LogClientFault(function.Name, reason);
            Fail(context);
            return;
        }

        try
        {
            var body = await ReadWholeAsync(context);
            await ForwardAsync(context, function);
            GC.KeepAlive(body);
        }
        catch (BadHttpRequestException exception)
        {
            LogClientFault(function.Name, exception.Message);
            Fail(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected, so no response is sent.
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>
    /// Connects to the worker. Refused connections are retried, because the worker's HTTP server may start shortly after the functions are
    /// loaded.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                socket.Dispose();
                await Task.Delay(20, cancellationToken);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static InvocationRequest NewRequest(HttpContext context, FunctionDescription function)
    {
        var request = FunctionInvoker.NewRequest(function);
        if (request.TraceContext.TraceParent.Length == 0)
        {
            // The host records no spans, so the client's span is the parent of the worker's span.
            request.TraceContext.TraceParent = context.Request.Headers.TraceParent.ToString();
            request.TraceContext.TraceState = context.Request.Headers.TraceState.ToString();
        }

        request.InputData.Add(new ParameterBinding
        {
            Name = function.Trigger.Parameter,
            Data = new() { Http = new() { Method = context.Request.Method, Url = context.Request.Path } },
        });
        foreach (var (name, value) in context.Request.RouteValues)
        {
            if (value is not null)
            {
                request.TriggerMetadata[name] = new() { String = value.ToString() };
            }
        }

        return request;
    }

    /// <summary>Returns the reason why Azure's host cannot forward the request; null if it can.</summary>
    private static string? UndeliverableReason(HttpRequest request)
    {
        if (!request.Host.HasValue)
        {
            return "The request has no Host header.";
        }

        if (HttpMethods.IsConnect(request.Method))
        {
            return "The method is CONNECT, for which the host's HTTP client would open a tunnel instead of forwarding the request.";
        }

        if (request.Headers.ContainsKey(InvocationIdHeader))
        {
            return $"The request has the header {InvocationIdHeader}, which the host itself sends to the worker.";
        }

        foreach (var (name, values) in request.Headers)
        {
            if (values.Any(value => value is not null && !Ascii.IsValid(value)))
            {
                return $"The header {name} contains a non-ASCII character. Azure's host cannot forward such a header either.";
            }
        }

        return null;
    }

    /// <summary>
    /// Reads a body with a Content-Length completely into a string before the function is called, because Azure's host does. The memory use
    /// of large bodies in Azure can therefore be observed locally. Chunked bodies are streamed.
    /// </summary>
    /// <returns>The body, which the caller must keep in memory until the function has ended; null for a streamed body.</returns>
    private static async Task<string?> ReadWholeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength is null or 0)
        {
            return null;
        }

        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        request.Body.Position = 0;
        return text;
    }

    /// <summary>
    /// Returns the reason why the body could not be read. The forwarder wraps this exception in exceptions about the failed copy.
    /// </summary>
    private static string BodyFault(HttpContext context)
    {
        var exception = context.GetForwarderErrorFeature()?.Exception;
        while (exception?.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception?.Message ?? "The body ended early.";
    }

    private async Task ForwardAsync(HttpContext context, FunctionDescription function)
    {
        if (await workers.GetAsync(WorkerWait, context.RequestAborted) is not { } worker)
        {
            if (workers.IsDown)
            {
                await WriteDownAsync(context);
            }
            else
            {
                Fail(context);
            }

            return;
        }

        var request = NewRequest(context, function);
        context.Request.Headers[InvocationIdHeader] = request.InvocationId;
        using var stop = new CancellationTokenSource();
        var invocation = invoker.InvokeAsync(worker, function, request, stop.Token);

        // The invocation is abandoned before it is cancelled, because the worker may log the cancellation at once.
        using var disconnected = context.RequestAborted.UnsafeRegister(
            _ =>
            {
                worker.Channel.Abandon(request.InvocationId);
                stop.Cancel();
            },
            null);
        using var forwarding = new CancellationTokenSource();
        var forwarded = forwarder
            .SendAsync(context, worker.Channel.HttpUri, _client, Config, HttpTransformer.Default, forwarding.Token).AsTask();

        if (await Task.WhenAny(forwarded, invocation) == invocation
            && (await invocation).Status is InvocationStatus.WorkerLost or InvocationStatus.TimedOut)
        {
            // The worker will not complete its HTTP response, so the host must not wait for it.
            await forwarding.CancelAsync();
        }

        var error = await forwarded;
        if (error == ForwarderError.None)
        {
            await invocation;
            return;
        }

        if (error is ForwarderError.RequestBodyClient)
        {
            var fault = BodyFault(context);
            LogClientFault(function.Name, fault);

            // The worker may never have received the request. If so, it reports after 15 seconds that the function could not be started.
            worker.Channel.Abandon(request.InvocationId);
        }

        if (!context.RequestAborted.IsCancellationRequested)
        {
            await stop.CancelAsync();
        }

        await invocation;
        Fail(context);
    }

    /// <summary>Responds with 500, or aborts the connection if the response has already started.</summary>
    private static void Fail(HttpContext context)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (context.Response.HasStarted)
        {
            // Aborting the connection tells the client that the body is incomplete. A normal end of the response would not.
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
    }

    private static Task WriteDownAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync("Function host is not running.", context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A request to {Function} gets 500 because of a problem with the request: {Reason}")]
    private partial void LogClientFault(string function, string reason);
}
