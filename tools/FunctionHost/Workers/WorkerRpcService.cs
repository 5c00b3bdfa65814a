using System.Collections.Concurrent;
using Grpc.Core;
using ServerlessScale.FunctionHost.Protocol;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>The gRPC service that workers dial: joins each stream to the channel that waits for that worker.</summary>
internal sealed class WorkerRpcService(WorkerChannels channels) : FunctionRpc.FunctionRpcBase
{
    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken)
            || requestStream.Current.ContentCase != StreamingMessage.ContentOneofCase.StartStream
            || channels.Find(requestStream.Current.StartStream.WorkerId) is not { } channel)
        {
            throw new Grpc.Core.RpcException(new(StatusCode.InvalidArgument, "A stream starts with StartStream of a worker that this host has started."));
        }

        await channel.RunAsync(requestStream, responseStream, context.CancellationToken);
    }
}

/// <summary>The channels that wait for a worker's call, or hold one, by worker id.</summary>
internal sealed class WorkerChannels
{
    private readonly ConcurrentDictionary<string, WorkerChannel> _byWorker = new();

    public WorkerChannel? Find(string workerId) => _byWorker.GetValueOrDefault(workerId);

    public void Add(string workerId, WorkerChannel channel) => _byWorker[workerId] = channel;

    public void Remove(string workerId) => _byWorker.TryRemove(workerId, out _);
}
