using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Protocol;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>The gRPC server that workers connect to. It uses unencrypted HTTP/2 on a free port of the loopback interface.</summary>
internal sealed class WorkerRpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WorkerRpcServer(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<WorkerRpcServer> StartAsync(WorkerChannels channels, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton(channels);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = null;
            grpc.MaxSendMessageSize = null;
        });
        var app = builder.Build();
        app.MapGrpcService<WorkerRpcService>();
        await app.StartAsync(cancellationToken);
        var address = app.Urls.Single();
        return new(app, new Uri(address));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>Connects each worker's event stream to the channel that waits for this worker.</summary>
internal sealed class WorkerRpcService(WorkerChannels channels) : FunctionRpc.FunctionRpcBase
{
    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken)
            || requestStream.Current.ContentCase != StreamingMessage.ContentOneofCase.StartStream
            || channels.Find(requestStream.Current.StartStream.WorkerId) is not { } channel)
        {
            throw new Grpc.Core.RpcException(new(
                StatusCode.InvalidArgument, "The first message must be a StartStream with the id of a worker that this host has started."));
        }

        await channel.RunAsync(requestStream, responseStream, context.CancellationToken);
    }
}

/// <summary>The channels of all started workers by worker id.</summary>
internal sealed class WorkerChannels
{
    private readonly ConcurrentDictionary<string, WorkerChannel> _byWorker = new();

    public WorkerChannel? Find(string workerId) => _byWorker.GetValueOrDefault(workerId);

    public void Add(string workerId, WorkerChannel channel) => _byWorker[workerId] = channel;

    public void Remove(string workerId) => _byWorker.TryRemove(workerId, out _);
}
