using System.Security.Cryptography;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>Names this process among all instances of the app.</summary>
public sealed record InstanceId(string Value)
{
    /// <summary>64 random bits as 16 lower-case hexadecimal digits.</summary>
    public static InstanceId Create() => new(RandomNumberGenerator.GetHexString(16, lowercase: true));
}
