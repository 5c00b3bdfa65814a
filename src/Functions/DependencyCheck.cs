using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServerlessScale.Functions;

/// <summary>Registers the readiness checks of the services that the app depends on.</summary>
internal static class DependencyCheck
{
    /// <summary>
    /// The time limit for a check. A service that takes longer to respond counts as down, because the sender of the probe would not wait
    /// longer either.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <param name="checks">The checks to add to.</param>
    /// <param name="name">The name of the check in the readiness response.</param>
    /// <param name="create">Creates the check each time it runs.</param>
    public static void AddDependency(
        this ICollection<HealthCheckRegistration> checks, string name, Func<IServiceProvider, IHealthCheck> create) =>
        checks.Add(new(name, create, failureStatus: HealthStatus.Unhealthy, tags: null, timeout: Limit));
}
