using Microsoft.AspNetCore.Http.Features;

namespace ServerlessScale.Bench.RecordingCost;

/// <summary>A response without a connection whose headers can be sent, so that the middleware's callback runs.</summary>
internal sealed class StartableResponse : HttpResponseFeature
{
    private (Func<object, Task> Callback, object State)? _onStarting;

    public override void OnStarting(Func<object, Task> callback, object state) => _onStarting = (callback, state);

    public Task StartAsync() => _onStarting is var (callback, state) ? callback(state) : Task.CompletedTask;
}
