using ServerlessScale.Local.Edge.Logic;
using ServerlessScale.Local.Edge.Rules;
using ServerlessScale.Tests.Unit.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>What LocalCloud's edge does with all of the sample requests, by the rules file of the repository.</summary>
public sealed class LocalOutcomes : IAsyncLifetime
{
    private readonly Dictionary<SampleRequest, EdgeOutcome> _outcomes = [];

    public async ValueTask InitializeAsync()
    {
        await using var edge = await RecordingEdge.StartAsync(EdgeRules.Load(RulesFile.Path));
        foreach (var request in SampleRequests.All)
        {
            _outcomes[request] = await edge.SendAsync(request);
        }
    }

    /// <param name="request">One of the samples.</param>
    /// <param name="apps">Whose paths are whose: the edge itself has one origin for all.</param>
    internal EdgeOutcome Of(SampleRequest request, RouteTable apps)
    {
        var outcome = _outcomes[request];
        return outcome.Refusal is null ? outcome with { App = apps.Find(request.Path)!.Name } : outcome;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
