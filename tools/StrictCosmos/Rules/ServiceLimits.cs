namespace ServerlessScale.StrictCosmos.Rules;

/// <summary>The documented limits of the service (https://learn.microsoft.com/azure/cosmos-db/concepts-limits).</summary>
internal static class ServiceLimits
{
    public const int ItemBytes = 2 * 1024 * 1024;
    public const int BatchBytes = 2 * 1024 * 1024;
    public const int BatchOperations = 100;
    public const int IdBytes = 1023;
    public const int PartitionKeyBytes = 2048;
    public const int PartitionKeyLevels = 3;
    public const int NestingDepth = 128;
    public const int QueryCharacters = 512 * 1024;
    public const int QueryParameters = 2048;
    public const int ResponseBytes = 4 * 1024 * 1024;
    public const int ResourceNameCharacters = 255;

    /// <summary>
    /// The largest integer up to which all integers can be represented exactly. The service stores numbers as IEEE 754 doubles.
    /// </summary>
    public const long LargestExactInteger = 1L << 53;
}
