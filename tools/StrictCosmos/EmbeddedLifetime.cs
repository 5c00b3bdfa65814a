using Microsoft.Extensions.Hosting;

namespace ServerlessScale.StrictCosmos;

/// <summary>Leaves Ctrl-C and signals to the process that the server is part of.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
