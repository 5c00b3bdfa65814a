using System.Security.Cryptography;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>Identifies this process among all instances of the app.</summary>
public sealed record InstanceId(string Value)
{
    /// <summary>Creates an id of 64 random bits as 16 lower-case hexadecimal digits, prefixed with the instance's name if it has one.</summary>
    public static InstanceId Create(string? instanceName = null)
    {
        var process = RandomNumberGenerator.GetHexString(16, lowercase: true);
        return new(instanceName is null ? process : $"{instanceName}-{process}");
    }
}
