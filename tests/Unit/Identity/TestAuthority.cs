using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessScale.Tests.Unit.Http;

namespace ServerlessScale.Tests.Unit.Identity;

/// <summary>An OpenID Connect authority that serves a discovery document and a key set over HTTP.</summary>
internal sealed class TestAuthority : IAsyncDisposable
{
    private readonly List<SecurityKey> _published = [];
    private LocalHttpServer _server = null!;
    private int _discoveries;

    private TestAuthority()
    {
    }

    public string Issuer => _server.Address.ToString().TrimEnd('/');

    /// <summary>The number of requests for the discovery document.</summary>
    public int Discoveries => Volatile.Read(ref _discoveries);

    /// <summary>While this property is true, every request gets status 500.</summary>
    public bool Down { get; set; }

    public SigningCredentials Signing { get; private set; } = null!;

    public static async Task<TestAuthority> StartAsync()
    {
        var authority = new TestAuthority();
        authority._server = await LocalHttpServer.StartAsync(authority.HandleAsync);
        authority.RotateKey();
        return authority;
    }

    /// <summary>Withdraws all keys and publishes a new key.</summary>
    public void RotateKey()
    {
        _published.Clear();
        Signing = Publish(new RsaSecurityKey(RSA.Create(2048)), SecurityAlgorithms.RsaSha256);
    }

    public SigningCredentials Publish(AsymmetricSecurityKey key, string algorithm)
    {
        key.KeyId = Guid.NewGuid().ToString("N");
        _published.Add(key);
        return new SigningCredentials(key, algorithm);
    }

    public string Token(Action<SecurityTokenDescriptor>? change = null)
    {
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = "serverlessscale",
            Expires = DateTime.UtcNow.AddMinutes(10),
            SigningCredentials = Signing,
            Claims = new Dictionary<string, object> { ["sub"] = "c1", ["scope"] = "images.write cart" },
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        if (http.Request.Path == "/.well-known/openid-configuration")
        {
            Interlocked.Increment(ref _discoveries);
        }

        if (Down)
        {
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        switch (http.Request.Path)
        {
            case "/.well-known/openid-configuration":
                await http.Response.WriteAsJsonAsync(
                    new Dictionary<string, string> { ["issuer"] = Issuer, ["jwks_uri"] = $"{Issuer}/keys" }, http.RequestAborted);
                break;
            case "/keys":
                var keys = _published.Select(JsonWebKeyConverter.ConvertFromSecurityKey).Select(key => new Dictionary<string, string?>
                {
                    ["kty"] = key.Kty,
                    ["kid"] = key.Kid,
                    ["n"] = key.N,
                    ["e"] = key.E,
                    ["crv"] = key.Crv,
                    ["x"] = key.X,
                    ["y"] = key.Y,
                });
                await http.Response.WriteAsJsonAsync(
                    new Dictionary<string, object> { ["keys"] = keys }, http.RequestAborted);
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}
