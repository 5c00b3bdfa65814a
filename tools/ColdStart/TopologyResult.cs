namespace ServerlessScale.ColdStart;

/// <param name="Package">What is deployed to every app.</param>
/// <param name="Apps">First the monolith, then the microservices.</param>
internal sealed record TopologyResult(PackageSize Package, IReadOnlyList<AppStarts> Apps);

/// <summary>The cold starts of one app.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Functions">How many functions run in it.</param>
/// <param name="Starts">One for each round.</param>
internal sealed record AppStarts(string Name, int Functions, List<ColdStartTimes> Starts);
