using System.Security.Cryptography;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>Names this process among all instances of the app.</summary>
public sealed record InstanceId(string Value)
{
    /// <summary>64 random bits as 16 lower-case hexadecimal digits, after the instance's name if it was given one.</summary>
    public static InstanceId Create(string? instanceName = null)
    {
        var process = RandomNumberGenerator.GetHexString(16, lowercase: true);
        return new(instanceName is null ? process : $"{instanceName}-{process}");
    }
}
