using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.FunctionHost.Protocol;
using static ServerlessScale.FunctionHost.Protocol.StreamingMessage;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>
/// The host's end of a worker's event stream, which carries the handshake, invocations and log messages. When the stream ends, every
/// invocation in flight ends with <see cref="InvocationStatus.WorkerLost"/>.
/// </summary>
internal sealed class WorkerChannel(string appDirectory, WorkerLog log)
{
    /// <summary>The version of the Azure Functions host that this host emulates. README.md lists the differences.</summary>
    private const string HostVersion = "4.1037.0";

    private const string LostError = "The worker ended before it reported a result.";

    private readonly Channel<StreamingMessage> _outbound = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _requests = new();
    private readonly ConcurrentDictionary<string, Invocation> _invocations = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lost;

    /// <summary>Completes when the stream has ended for any reason.</summary>
    public Task Closed => _closed.Task;

    public int InFlight => _invocations.Count;

    /// <summary>The number of invocations that were in flight when the stream ended.</summary>
    public int Lost => _lost;

    /// <summary>The number of invocations in flight that are not HTTP requests.</summary>
    public int EventsInFlight => _invocations.Values.Count(invocation => !invocation.IsHttp);

    /// <summary>The address of the worker's own HTTP server, to which HTTP requests are forwarded.</summary>
    public string HttpUri { get; private set; } = "";

    /// <summary>The times of the handshake stages; null until the worker has listed its functions.</summary>
    public HandshakeTimes? Handshake { get; private set; }

    /// <summary>Sends and receives messages until the worker closes the stream.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<StreamingMessage> inbound, IServerStreamWriter<StreamingMessage> writer, CancellationToken cancellationToken)
    {
        _started.TrySetResult();
        var sending = SendAsync(writer, cancellationToken);
        try
        {
            await foreach (var message in inbound.ReadAllAsync(cancellationToken))
            {
                Receive(message);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException or Grpc.Core.RpcException)
        {
            // A killed worker resets the connection. The supervisor reports that the process has ended.
        }
        finally
        {
            Close();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Initializes the worker, requests the list of its functions, and loads the enabled functions.</summary>
    /// <exception cref="FunctionHostException">The worker reported an error; the message quotes it.</exception>
    public async Task<IReadOnlyList<FunctionDescription>> HandshakeAsync(Func<FunctionDescription, bool> wanted, CancellationToken cancellationToken)
    {
        await _started.Task.WaitAsync(cancellationToken);
        var streamOpened = Stopwatch.GetTimestamp();

        var initialized = (await RequestAsync(
            new()
            {
                WorkerInitRequest = new()
                {
                    HostVersion = HostVersion,
                    WorkerDirectory = appDirectory,
                    FunctionAppDirectory = appDirectory,
                    Capabilities = { ["WorkerApplicationInsightsLoggingEnabled"] = bool.FalseString },
                },
            },
            cancellationToken)).WorkerInitResponse;
        var initializedAt = Stopwatch.GetTimestamp();
        ThrowUnlessSuccessful(initialized.Result, "start");
        HttpUri = initialized.Capabilities.TryGetValue("HttpUri", out var uri)
            ? uri
            : throw new FunctionHostException(
                "The worker has no HTTP server. Call ConfigureFunctionsWebApplication() in its Program.cs.");

        var indexed = (await RequestAsync(new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = appDirectory } }, cancellationToken)
            ).FunctionMetadataResponse;
        Handshake = new(streamOpened, initializedAt, Stopwatch.GetTimestamp());
        ThrowUnlessSuccessful(indexed.Result, "list its functions");

        FunctionDescription[] functions = [.. indexed.FunctionMetadataResults.Select(FunctionDescription.From).Where(wanted)];
        await Task.WhenAll(functions.Select(function => LoadAsync(function, cancellationToken)));
        return functions;
    }

    /// <summary>Starts an invocation. The returned task completes with the outcome of the invocation and never fails.</summary>
    /// <param name="request">The invocation.</param>
    /// <param name="isHttp">Whether an HTTP request causes the invocation, rather than a message or a timer.</param>
    public Task<InvocationOutcome> Invoke(InvocationRequest request, bool isHttp)
    {
        var invocation = new Invocation(isHttp);
        _invocations[request.InvocationId] = invocation;
        if (!_outbound.Writer.TryWrite(new() { RequestId = request.InvocationId, InvocationRequest = request }))
        {
            Complete(request.InvocationId, new(InvocationStatus.WorkerLost, LostError));
        }

        return invocation.Outcome.Task;
    }

    /// <summary>
    /// Asks the worker to stop an invocation. The worker then cancels the <c>FunctionContext.CancellationToken</c> of the invocation.
    /// </summary>
    public void Cancel(string invocationId) =>
        _outbound.Writer.TryWrite(new() { InvocationCancel = new() { InvocationId = invocationId } });

    /// <summary>
    /// Reports the outcome <see cref="InvocationStatus.TimedOut"/> for an invocation that the worker is still running. A later result from
    /// the worker is ignored.
    /// </summary>
    /// <returns>A task that completes when the worker has ended the invocation.</returns>
    public Task TimeOut(string invocationId)
    {
        if (!_invocations.TryGetValue(invocationId, out var invocation))
        {
            return Task.CompletedTask;
        }

        invocation.Outcome.TrySetResult(new(InvocationStatus.TimedOut, "The function exceeded functionTimeout."));
        return invocation.Ended.Task;
    }

    /// <summary>
    /// States that the client has ended the request of an invocation, so that its failure is reported as a cancellation. The Functions SDK
    /// would log this failure as an error with a stack trace.
    /// </summary>
    public void Abandon(string invocationId)
    {
        if (_invocations.TryGetValue(invocationId, out var invocation))
        {
            invocation.IsAbandoned = true;
        }
    }

    /// <summary>Asks the worker to exit within the given grace period.</summary>
    public void Terminate(TimeSpan gracePeriod) =>
        _outbound.Writer.TryWrite(new() { WorkerTerminate = new() { GracePeriod = Duration.FromTimeSpan(gracePeriod) } });

    /// <summary>Ends all invocations and handshake requests in flight. Further calls have no effect.</summary>
    public void Close()
    {
        _outbound.Writer.TryComplete();
        _closed.TrySetResult();
        foreach (var invocationId in _invocations.Keys)
        {
            Interlocked.Increment(ref _lost);
            Complete(invocationId, new(InvocationStatus.WorkerLost, LostError));
        }

        foreach (var request in _requests.Values)
        {
            request.TrySetException(new FunctionHostException("The worker closed its stream during the handshake."));
        }
    }

    private void Complete(string invocationId, InvocationOutcome outcome)
    {
        if (_invocations.TryRemove(invocationId, out var invocation))
        {
            invocation.Outcome.TrySetResult(outcome);
            invocation.Ended.TrySetResult();
        }
    }

    private static void ThrowUnlessSuccessful(StatusResult result, string what)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new FunctionHostException($"The worker could not {what}: {result.Exception?.Message ?? result.Result}");
        }
    }

    private async Task LoadAsync(FunctionDescription function, CancellationToken cancellationToken)
    {
        var response = await RequestAsync(
            new() { FunctionLoadRequest = new() { FunctionId = function.Id, Metadata = function.Metadata } }, cancellationToken);
        ThrowUnlessSuccessful(response.FunctionLoadResponse.Result, $"load the function {function.Name}");
    }

    private async Task<StreamingMessage> RequestAsync(StreamingMessage request, CancellationToken cancellationToken)
    {
        request.RequestId = Guid.NewGuid().ToString();
        var response = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests[request.RequestId] = response;
        try
        {
            if (!_outbound.Writer.TryWrite(request))
            {
                throw new FunctionHostException("The worker closed its stream during the handshake.");
            }

            return await response.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _requests.TryRemove(request.RequestId, out _);
        }
    }

    private async Task SendAsync(IServerStreamWriter<StreamingMessage> writer, CancellationToken cancellationToken)
    {
        await foreach (var message in _outbound.Reader.ReadAllAsync(cancellationToken))
        {
            await writer.WriteAsync(message, cancellationToken);
        }
    }

    private void Receive(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case ContentOneofCase.RpcLog:
                log.Write(message.RpcLog, IsAbandoned(message.RpcLog.InvocationId));
                break;
            case ContentOneofCase.InvocationResponse:
                var id = message.InvocationResponse.InvocationId;
                Complete(id, Outcome(message.InvocationResponse.Result, IsAbandoned(id)));
                break;
            default:
                if (_requests.TryGetValue(message.RequestId, out var request))
                {
                    request.TrySetResult(message);
                }

                break;
        }
    }

    private bool IsAbandoned(string invocationId) => _invocations.TryGetValue(invocationId, out var invocation) && invocation.IsAbandoned;

    private static InvocationOutcome Outcome(StatusResult result, bool isAbandoned) => result.Status switch
    {
        StatusResult.Types.Status.Success => InvocationOutcome.Success,
        StatusResult.Types.Status.Failure when isAbandoned => new(InvocationStatus.Cancelled, result.Exception?.Message),
        StatusResult.Types.Status.Cancelled => new(InvocationStatus.Cancelled, result.Exception?.Message),
        _ => new(InvocationStatus.Failed, result.Exception is { } exception ? $"{exception.Message}{Environment.NewLine}{exception.StackTrace}" : result.Result),
    };

    private sealed class Invocation(bool isHttp)
    {
        public bool IsHttp => isHttp;

        /// <summary>The outcome that the caller receives. If the function times out, the host sets the outcome.</summary>
        public TaskCompletionSource<InvocationOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when the worker has sent its result or the worker is lost.</summary>
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether the client has ended the request, by disconnecting or with a malformed body.</summary>
        public volatile bool IsAbandoned;
    }
}

/// <summary>The times of a worker's handshake stages, as <see cref="Stopwatch"/> timestamps.</summary>
/// <param name="StreamOpened">The time at which the worker opened the stream.</param>
/// <param name="Initialized">The time at which the worker confirmed the host's first message.</param>
/// <param name="Indexed">The time at which the worker listed its functions.</param>
internal sealed record HandshakeTimes(long StreamOpened, long Initialized, long Indexed)
{
    /// <param name="startedAt">The timestamp immediately before the process was created.</param>
    /// <param name="loaded">The time from <paramref name="startedAt"/> until all functions were loaded.</param>
    public WorkerStartTimes StartTimes(long startedAt, TimeSpan loaded) => new(
        Stopwatch.GetElapsedTime(startedAt, StreamOpened),
        Stopwatch.GetElapsedTime(startedAt, Initialized),
        Stopwatch.GetElapsedTime(startedAt, Indexed),
        loaded);
}
