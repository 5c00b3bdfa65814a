using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.Bench.RecordingCost;

/// <summary>The context of an invocation of an HTTP function. It implements only the members that the middleware reads.</summary>
internal sealed class HttpFunctionContext : FunctionContext
{
    private static readonly HttpFunction Function = new();

    public HttpFunctionContext()
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature());
        features.Set<IHttpResponseFeature>(new StartableResponse());
        // The worker's ASP.NET Core integration stores the HTTP context under this key.
        Items = new Dictionary<object, object> { ["HttpRequestContext"] = new DefaultHttpContext(features) };
    }

    public override string InvocationId => "1";

    public override string FunctionId => "HealthLive";

    public override TraceContext TraceContext => throw new NotSupportedException();

    public override BindingContext BindingContext => throw new NotSupportedException();

    public override RetryContext RetryContext => throw new NotSupportedException();

    public override IServiceProvider InstanceServices { get; set; } = null!;

    public override FunctionDefinition FunctionDefinition => Function;

    public override IDictionary<object, object> Items { get; set; }

    public override IInvocationFeatures Features => throw new NotSupportedException();

    private sealed class HttpFunction : FunctionDefinition
    {
        public override ImmutableArray<FunctionParameter> Parameters => [];

        public override string PathToAssembly => "";

        public override string EntryPoint => "";

        public override string Id => "HealthLive";

        public override string Name => "HealthLive";

        public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } =
            ImmutableDictionary<string, BindingMetadata>.Empty.Add("request", new HttpTrigger());

        public override IImmutableDictionary<string, BindingMetadata> OutputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;
    }

    private sealed class HttpTrigger : BindingMetadata
    {
        public override string Name => "request";

        public override string Type => "httpTrigger";

        public override BindingDirection Direction => BindingDirection.In;
    }
}

/// <summary>A response without a connection. When the response starts, it runs the callback that the middleware has registered.</summary>
internal sealed class StartableResponse : HttpResponseFeature
{
    private (Func<object, Task> Callback, object State)? _onStarting;

    public override void OnStarting(Func<object, Task> callback, object state) => _onStarting = (callback, state);

    public Task StartAsync() => _onStarting is var (callback, state) ? callback(state) : Task.CompletedTask;
}
