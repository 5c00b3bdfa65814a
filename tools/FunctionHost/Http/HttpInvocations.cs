using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.FunctionHost.Protocol;
using ServerlessScale.FunctionHost.Workers;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.FunctionHost.Http;

/// <summary>
/// Invokes HTTP functions. For each request, the host sends an invocation request through the worker's event stream, and concurrently
/// forwards the HTTP request without buffering to the worker's own HTTP server. The worker matches the two requests by the invocation id.
/// </summary>
internal sealed class HttpInvocations(WorkerSupervisor workers, FunctionInvoker invoker, IHttpForwarder forwarder) : IDisposable
{
    private const string InvocationIdHeader = "x-ms-invocation-id";

    /// <summary>The maximum time that a request waits while the worker is being restarted. After this time, the request gets 503.</summary>
    private static readonly TimeSpan WorkerWait = TimeSpan.FromSeconds(10);

    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromSeconds(240) };

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
        if (await workers.GetAsync(WorkerWait, context.RequestAborted) is not { } worker)
        {
            await WriteUnavailableAsync(context, "No worker became ready in time. Repeat the request.");
            return;
        }

        var request = NewRequest(context, function);

        // A value that the client has sent is overwritten, because the worker uses the id to match the request with its invocation.
        context.Request.Headers[InvocationIdHeader] = request.InvocationId;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var invocation = invoker.InvokeAsync(worker, function, request, stop.Token);
        using var forwarding = new CancellationTokenSource();
        var forwarded = forwarder
            .SendAsync(context, worker.Channel.HttpUri, _client, Config, HttpTransformer.Default, forwarding.Token).AsTask();

        if (await Task.WhenAny(forwarded, invocation) == invocation
            && (await invocation).Status is InvocationStatus.WorkerLost or InvocationStatus.TimedOut)
        {
            // The worker will not complete its HTTP response, so the host must not wait for it.
            await forwarding.CancelAsync();
        }

        if (await forwarded == ForwarderError.None)
        {
            await invocation;
            return;
        }

        if (!context.RequestAborted.IsCancellationRequested)
        {
            await stop.CancelAsync();
        }

        var outcome = await invocation;
        await WriteFailureAsync(context, outcome);
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

    private static async Task WriteFailureAsync(HttpContext context, InvocationOutcome outcome)
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
        await (outcome.Status == InvocationStatus.TimedOut
            ? HostProblems.WriteAsync(context, StatusCodes.Status504GatewayTimeout, "function-timeout", "The function ran too long",
                "The function exceeded functionTimeout in host.json and was stopped.")
            : WriteUnavailableAsync(context, "The worker ended during this request, which may have taken effect. Repeat the request if that is safe."));
    }

    private static Task WriteUnavailableAsync(HttpContext context, string detail) => HostProblems.WriteAsync(
        context, StatusCodes.Status503ServiceUnavailable, "worker-unavailable", "No worker available", detail, retryAfterSeconds: 1);
}
