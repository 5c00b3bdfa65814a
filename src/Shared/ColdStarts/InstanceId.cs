using System.Security.Cryptography;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>The id of a process, unique among all instances of the app.</summary>
public sealed record InstanceId(string Value)
{
    /// <summary>
    /// Creates an id from 64 random bits, written as 16 lower-case hexadecimal digits. If <paramref name="instanceName"/> is not null, the
    /// id starts with this name and a hyphen.
    /// </summary>
    public static InstanceId Create(string? instanceName = null)
    {
        var process = RandomNumberGenerator.GetHexString(16, lowercase: true);
        return new(instanceName is null ? process : $"{instanceName}-{process}");
    }
}
