using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessScale.Local.Processes;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Local.Identity;

/// <summary>
/// Issues bearer tokens for development (JWT, RFC 7519, signed with HS256). The function app accepts these tokens if the setting
/// <see cref="KeySetting"/> contains the same key. The setting is allowed only in the Development environment.
/// </summary>
public sealed class DevelopmentTokens
{
    public const string Issuer = "urn:serverlessscale:development";
    public const string Audience = "serverlessscale";
    public const string DefaultCustomer = "c1";

    /// <summary>The name of the function app's setting for <see cref="SigningKey"/>.</summary>
    public const string KeySetting = "Authentication__DevelopmentSigningKey";

    private const int KeyBytes = 32;
    private const string KeyFile = "development-signing-key";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly TimeProvider _time;
    private readonly SigningCredentials _credentials;

    private DevelopmentTokens(byte[] key, TimeProvider time)
    {
        SigningKey = Convert.ToBase64String(key);
        _time = time;
        _credentials = new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256);
    }

    /// <summary>All scopes that any function requires.</summary>
    public static IReadOnlyList<string> AllScopes { get; } =
        ["images.write", "orders.read", "orders.write", "cart", "catalogue.write", "webhooks.manage", "events.read", "diagnostics.read"];

    public static TimeSpan DefaultLifetime { get; } = TimeSpan.FromHours(12);

    /// <summary>The signing key, which is at least 32 random bytes in base64.</summary>
    public string SigningKey { get; }

    /// <summary>
    /// The key that signs the URLs of image sizes: the id <c>dev</c>, a dot, and 32 bytes in base64. The function app derives the same key
    /// from its development signing key (HKDF, RFC 5869), unless the setting <c>Images:SizeKeys</c> contains other keys.
    /// </summary>
    public string SizeKey => "dev." + Convert.ToBase64String(
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Convert.FromBase64String(SigningKey), KeyBytes, salt: null, info: "Images:SizeKeys"u8.ToArray()));

    /// <summary>Creates an issuer with a given signing key.</summary>
    /// <param name="signingKey">The key in base64.</param>
    /// <returns>Null if the text is not base64 of at least 32 bytes.</returns>
    internal static DevelopmentTokens? WithKey(string signingKey)
    {
        var key = new byte[signingKey.Length];
        return Convert.TryFromBase64String(signingKey, key, out var length) && length >= KeyBytes
            ? new DevelopmentTokens(key[..length], TimeProvider.System)
            : null;
    }

    /// <summary>Returns a new signing key, which is 32 random bytes in base64.</summary>
    internal static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Reads the signing key from a data folder. Creates the folder and the key if they are missing.</summary>
    /// <exception cref="LocalCloudException">The folder cannot be used, or the key file does not contain a valid key.</exception>
    public static DevelopmentTokens Open(string dataDirectory, TimeProvider? time = null)
    {
        var path = Path.Combine(dataDirectory, KeyFile);
        string text;
        try
        {
            Directory.CreateDirectory(dataDirectory);
            if (!File.Exists(path))
            {
                Create(path);
            }

            text = File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unusable(dataDirectory, failure);
        }

        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text, key, out var length) && length == KeyBytes
            ? new DevelopmentTokens(key, time ?? TimeProvider.System)
            : throw new LocalCloudException(
                $"{path} does not contain {KeyBytes} bytes in base64. Delete the file to have a new key created. "
                + "Earlier development tokens then become invalid.");
    }

    /// <summary>Issues a token for a customer.</summary>
    /// <param name="customer">The value of the <c>sub</c> claim.</param>
    /// <param name="scopes">
    /// The scopes, which are joined with spaces in the <c>scope</c> claim (RFC 8693 section 4.2); null for <see cref="AllScopes"/>.
    /// </param>
    /// <param name="lifetime">
    /// The time until the token expires; null for <see cref="DefaultLifetime"/>. A negative time creates an expired token.
    /// </param>
    public string Issue(string customer = DefaultCustomer, IEnumerable<string>? scopes = null, TimeSpan? lifetime = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(customer);
        var now = _time.GetUtcNow();
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Subject = new ClaimsIdentity(
            [
                new Claim(JwtRegisteredClaimNames.Sub, customer),
                new Claim("scope", string.Join(' ', scopes ?? AllScopes)),
                new Claim(JwtRegisteredClaimNames.Jti, Guid.NewGuid().ToString()),
            ]),
            IssuedAt = now.UtcDateTime,
            Expires = (now + (lifetime ?? DefaultLifetime)).UtcDateTime,
            SigningCredentials = _credentials,
        });
    }

    /// <summary>
    /// Creates the key file while holding a lock, so that only one of several concurrently started processes creates a key. Without the
    /// lock, the final rename could replace a key file that another process has just created.
    /// </summary>
    private static void Create(string path)
    {
        using var exclusive = Wait($"{path}.lock");
        if (File.Exists(path))
        {
            return;
        }

        var own = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var writer = new StreamWriter(own, options))
            {
                writer.WriteLine(NewKey());
            }

            File.Move(own, path);
        }
        catch (IOException)
        {
            File.Delete(own);
            throw;
        }
    }

    private static FileStream Wait(string path)
    {
        while (true)
        {
            if (ExclusiveFile.TryOpen(path) is { } held)
            {
                return held;
            }

            Thread.Sleep(Poll);
        }
    }
}
