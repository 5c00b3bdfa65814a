using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>
/// Checks that a request is signed with the account's key
/// (https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources).
/// </summary>
internal sealed class MasterKeySignature(byte[] key, TimeProvider time)
{
    private const string Prefix = "type=master&ver=1.0&sig=";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(15);

    /// <exception cref="RefusedException">
    /// 401: the signature is missing or wrong. 403: the request's date differs from the current time by more than 15 minutes.
    /// </exception>
    public void Check(HttpRequest request, ResourcePath path)
    {
        var authorization = Uri.UnescapeDataString(request.Headers.Authorization.ToString());
        var date = request.Headers[CosmosHeaders.Date].ToString();
        if (!authorization.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw Unauthorized("The authorization header is missing or does not begin with type=master&ver=1.0&sig=.");
        }
        if (!DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt))
        {
            throw Unauthorized($"The {CosmosHeaders.Date} header is missing or is not an HTTP date.");
        }
        if (!IsSignedBy(authorization[Prefix.Length..], request.Method, path, date))
        {
            throw Unauthorized("The input authorization token can't serve the request. The signature does not match.");
        }
        if ((time.GetUtcNow() - signedAt).Duration() > Tolerance)
        {
            throw new RefusedException(StatusCodes.Status403Forbidden, "The authorization token is not valid at the current time.");
        }
    }

    private bool IsSignedBy(string signature, string method, ResourcePath path, string date)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(signature, given, out var length) || length != given.Length)
        {
            return false;
        }
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var link in path.SignedLinks)
        {
            var text = $"{method.ToLowerInvariant()}\n{path.ResourceType}\n{link}\n{date.ToLowerInvariant()}\n\n";
            HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text), expected);
            if (CryptographicOperations.FixedTimeEquals(given, expected))
            {
                return true;
            }
        }
        return false;
    }

    private static RefusedException Unauthorized(string message) => new(StatusCodes.Status401Unauthorized, message);
}
