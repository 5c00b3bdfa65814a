using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessScale.Local;
using ServerlessScale.Local.Identity;

namespace ServerlessScale.Tests.Unit.Local;

public sealed class DevelopmentTokensTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_development_token_is_valid_and_contains_customer_and_scopes()
    {
        var tokens = DevelopmentTokens.Open(_folder.Path);

        var result = await ValidateAsync(tokens.Issue("c7", ["orders.read", "cart"]), tokens.SigningKey);

        Assert.True(result.IsValid, result.Exception?.Message);
        var token = Assert.IsType<JsonWebToken>(result.SecurityToken);
        Assert.Equal("HS256", token.Alg);
        Assert.Equal("c7", token.Subject);
        Assert.Equal("orders.read cart", token.GetClaim("scope").Value);
        Assert.Equal(DevelopmentTokens.DefaultLifetime, token.ValidTo - token.IssuedAt);
        Assert.NotEmpty(token.Id);
    }

    [Fact]
    public void A_development_token_has_all_scopes_by_default()
    {
        var token = new JsonWebToken(DevelopmentTokens.Open(_folder.Path).Issue());

        Assert.Equal("c1", token.Subject);
        Assert.Equal(
            "images.write orders.read orders.write cart catalogue.write webhooks.manage events.read diagnostics.read", token.GetClaim("scope").Value);
    }

    [Fact]
    public async Task A_negative_lifetime_produces_an_expired_token()
    {
        var tokens = DevelopmentTokens.Open(_folder.Path);

        var result = await ValidateAsync(tokens.Issue(lifetime: TimeSpan.FromHours(-1)), tokens.SigningKey);

        Assert.IsType<SecurityTokenExpiredException>(result.Exception);
    }

    [Fact]
    public async Task A_development_token_is_invalid_with_the_key_of_another_folder()
    {
        using var other = new TemporaryFolder();

        var result = await ValidateAsync(
            DevelopmentTokens.Open(_folder.Path).Issue(), DevelopmentTokens.Open(other.Path).SigningKey);

        Assert.False(result.IsValid);
    }

    [Fact]
    public void Concurrent_starts_create_one_signing_key()
    {
        var keys = new System.Collections.Concurrent.ConcurrentBag<string>();

        Parallel.For(0, 32, _ => keys.Add(DevelopmentTokens.Open(_folder.Path).SigningKey));

        Assert.Single(keys.Distinct());
        Assert.Equal(32, Convert.FromBase64String(keys.First()).Length);
        Assert.Equal(
            ["development-signing-key", "development-signing-key.lock"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Only_the_owner_can_read_the_key_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix file modes.");
        DevelopmentTokens.Open(_folder.Path);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(_folder.Path, "development-signing-key")));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    public void A_damaged_key_file_is_reported_with_advice(string content)
    {
        var path = _folder.Write("development-signing-key", content);

        var failure = Assert.Throws<LocalCloudException>(() => DevelopmentTokens.Open(_folder.Path));

        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Delete the file", failure.Message, StringComparison.Ordinal);
    }

    private static Task<TokenValidationResult> ValidateAsync(string token, string key) =>
        new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = "urn:serverlessscale:development",
            ValidAudience = "serverlessscale",
            IssuerSigningKey = new SymmetricSecurityKey(Convert.FromBase64String(key)),
            ClockSkew = TimeSpan.Zero,
        });
}
