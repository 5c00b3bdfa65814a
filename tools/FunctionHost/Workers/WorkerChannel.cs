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
/// One connected worker: the conversation on its event stream, from the handshake to the last invocation. It lives as long as the
/// stream; when that ends, everything in flight ends as <see cref="InvocationStatus.WorkerLost"/>.
/// </summary>
internal sealed class WorkerChannel(string appDirectory, WorkerLog log)
{
    private const string HostVersion = "4.1040.0";
    private readonly Channel<StreamingMessage> _outbound = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _questions = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationOutcome>> _invocations = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the stream has ended, for whatever reason.</summary>
    public Task Closed => _closed.Task;

    public int InFlight => _invocations.Count;

    public bool IsRunning(string invocationId) => _invocations.ContainsKey(invocationId);

    /// <summary>The worker's own HTTP server, where HTTP invocations are forwarded to.</summary>
    public string HttpUri { get; private set; } = "";

    /// <summary>Known when the handshake is over.</summary>
    public HandshakeTimes? Handshake { get; private set; }

    /// <summary>Pumps the stream in both directions until the worker hangs up.</summary>
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
            // A killed worker resets the connection; the process's exit is what gets reported.
        }
        finally
        {
            Close();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asks the worker for its functions and loads those that are wanted.</summary>
    /// <exception cref="FunctionHostException">The worker refused; the message holds its reason.</exception>
    public async Task<IReadOnlyList<FunctionDescription>> HandshakeAsync(Func<FunctionDescription, bool> wanted, CancellationToken cancellationToken)
    {
        await _started.Task.WaitAsync(cancellationToken);
        var streamOpened = Stopwatch.GetTimestamp();

        var initialized = (await AskAsync(
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
        Demand(initialized.Result, "start");
        HttpUri = initialized.Capabilities.TryGetValue("HttpUri", out var uri)
            ? uri
            : throw new FunctionHostException(
                "The worker has no HTTP server of its own: Program.cs must call ConfigureFunctionsWebApplication().");

        var indexed = (await AskAsync(new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = appDirectory } }, cancellationToken)
            ).FunctionMetadataResponse;
        Handshake = new(streamOpened, initializedAt, Stopwatch.GetTimestamp());
        Demand(indexed.Result, "list its functions");

        FunctionDescription[] functions = [.. indexed.FunctionMetadataResults.Select(FunctionDescription.From).Where(wanted)];
        await Task.WhenAll(functions.Select(function => LoadAsync(function, cancellationToken)));
        return functions;
    }

    /// <summary>Starts an invocation; the task ends with its outcome and never throws.</summary>
    public Task<InvocationOutcome> Invoke(InvocationRequest request)
    {
        var outcome = new TaskCompletionSource<InvocationOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _invocations[request.InvocationId] = outcome;
        if (!_outbound.Writer.TryWrite(new() { RequestId = request.InvocationId, InvocationRequest = request }))
        {
            Complete(request.InvocationId, new(InvocationStatus.WorkerLost));
        }

        return outcome.Task;
    }

    /// <summary>Asks the worker to stop an invocation: its <c>FunctionContext.CancellationToken</c> fires.</summary>
    public void Cancel(string invocationId) =>
        _outbound.Writer.TryWrite(new() { InvocationCancel = new() { InvocationId = invocationId } });

    /// <summary>Ends an invocation on this side with an outcome of the host's own, e.g. a timeout.</summary>
    public void Complete(string invocationId, InvocationOutcome outcome)
    {
        if (_invocations.TryRemove(invocationId, out var waiting))
        {
            waiting.TrySetResult(outcome);
        }
    }

    /// <summary>Asks the worker to end by itself within the grace period.</summary>
    public void Terminate(TimeSpan gracePeriod) =>
        _outbound.Writer.TryWrite(new() { WorkerTerminate = new() { GracePeriod = Duration.FromTimeSpan(gracePeriod) } });

    /// <summary>Fails whatever is in flight; safe to call more than once.</summary>
    public void Close()
    {
        _outbound.Writer.TryComplete();
        _closed.TrySetResult();
        foreach (var invocationId in _invocations.Keys)
        {
            Complete(invocationId, new(InvocationStatus.WorkerLost));
        }

        foreach (var question in _questions.Values)
        {
            question.TrySetException(new FunctionHostException("The worker hung up during the handshake."));
        }
    }

    private static void Demand(StatusResult result, string what)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new FunctionHostException($"The worker could not {what}: {result.Exception?.Message ?? result.Result}");
        }
    }

    private async Task LoadAsync(FunctionDescription function, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(
            new() { FunctionLoadRequest = new() { FunctionId = function.Id, Metadata = function.Metadata } }, cancellationToken);
        Demand(answer.FunctionLoadResponse.Result, $"load the function {function.Name}");
    }

    private async Task<StreamingMessage> AskAsync(StreamingMessage question, CancellationToken cancellationToken)
    {
        question.RequestId = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions[question.RequestId] = answer;
        try
        {
            if (!_outbound.Writer.TryWrite(question))
            {
                throw new FunctionHostException("The worker hung up during the handshake.");
            }

            return await answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _questions.TryRemove(question.RequestId, out _);
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
                log.Write(message.RpcLog);
                break;
            case ContentOneofCase.InvocationResponse:
                Complete(message.InvocationResponse.InvocationId, Outcome(message.InvocationResponse.Result));
                break;
            default:
                if (_questions.TryGetValue(message.RequestId, out var question))
                {
                    question.TrySetResult(message);
                }

                break;
        }
    }

    private static InvocationOutcome Outcome(StatusResult result) => result.Status switch
    {
        StatusResult.Types.Status.Success => InvocationOutcome.Success,
        StatusResult.Types.Status.Cancelled => new(InvocationStatus.Cancelled, result.Exception?.Message),
        _ => new(InvocationStatus.Failed, result.Exception is { } exception ? $"{exception.Message}{Environment.NewLine}{exception.StackTrace}" : result.Result),
    };
}
