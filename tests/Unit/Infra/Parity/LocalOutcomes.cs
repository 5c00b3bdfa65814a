using ServerlessScale.Edge.Reading;
using ServerlessScale.Tests.Unit.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>Runs all sample requests through the local edge with the repository's rules and each installation's apps.</summary>
public sealed class LocalOutcomes : IAsyncLifetime
{
    private readonly Dictionary<(string Installation, SampleRequest Request), EdgeOutcome> _outcomes = [];

    public async ValueTask InitializeAsync()
    {
        foreach (var installation in Installation.Names)
        {
            await using var edge = await RecordingEdge.StartAsync(LocalApps.Of(installation, EdgeRulesFile.Read(RulesFile.Path)));
            foreach (var request in SampleRequests.All)
            {
                _outcomes[(installation, request)] = await edge.SendAsync(request);
            }
        }
    }

    internal EdgeOutcome Of(string installation, SampleRequest request) => _outcomes[(installation, request)];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
