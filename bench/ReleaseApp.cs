using ServerlessScale.Local.Build;

namespace ServerlessScale.Bench;

/// <summary>The function app that the local clouds of the benchmarks run.</summary>
internal static class ReleaseApp
{
    /// <summary>
    /// Builds the app in Release, so that the results do not depend on the configuration in which the benchmark itself was built.
    /// </summary>
    /// <param name="say">Receives a progress message before the build, which may take a minute.</param>
    /// <param name="cancellationToken">Stops the build.</param>
    /// <returns>The folder of the built app.</returns>
    public static Task<string> BuildAsync(Action<string> say, CancellationToken cancellationToken)
    {
        say("Building the function app in Release.");
        return FunctionAppBuild.BuildAsync(Repository.FindRoot(), cancellationToken);
    }
}
