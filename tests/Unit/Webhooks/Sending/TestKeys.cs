using System.Security.Cryptography;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

internal static class TestKeys
{
    /// <summary>As the setting <c>Webhooks:SigningKeys</c> holds them.</summary>
    public static string[] Create(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => WebhookSigningKey.Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)))];
}
