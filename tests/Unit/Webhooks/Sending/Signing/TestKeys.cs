using System.Security.Cryptography;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Signing;

internal static class TestKeys
{
    /// <summary>Creates random keys in the format of the <c>Webhooks:SigningKeys</c> setting.</summary>
    public static string[] Create(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => WebhookSigningKey.Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)))];
}
