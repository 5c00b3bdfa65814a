using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessScale.Functions.Identity;

namespace ServerlessScale.Tests.Unit.Identity;

public sealed class BearerAuthenticationTests : IAsyncLifetime
{
    private static readonly RSA UnknownKey = RSA.Create(2048);
    private static readonly byte[] DevelopmentKey = RandomNumberGenerator.GetBytes(32);
    private static readonly string[] CriticalHeaders = ["http://example.com/UNDEFINED"];

    private readonly FakeTimeProvider _time = new();
    private TestAuthority _authority = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _authority = await TestAuthority.StartAsync();
        _services = Services(("Authority", _authority.Issuer), ("KeyRefreshInterval", "00:00:01"));
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _authority.DisposeAsync();
    }

    [Fact]
    public async Task A_token_with_the_required_scope_identifies_its_subject()
    {
        var http = Request($"Bearer {_authority.Token()}");

        Assert.Null(await AuthorizeAsync(http));
        Assert.Equal("c1", http.CustomerId());
    }

    [Theory]
    [InlineData(SecurityAlgorithms.RsaSha512)]
    [InlineData(SecurityAlgorithms.RsaSsaPssSha256)]
    public async Task RSA_SHA512_and_RSA_PSS_signatures_are_accepted(string algorithm)
    {
        var signing = _authority.Publish(new RsaSecurityKey(RSA.Create(2048)), algorithm);

        Assert.Null(await AuthorizeAsync(Request($"Bearer {_authority.Token(token => token.SigningCredentials = signing)}")));
    }

    [Fact]
    public async Task Elliptic_curve_signatures_are_accepted()
    {
        var signing = _authority.Publish(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)), SecurityAlgorithms.EcdsaSha256);

        Assert.Null(await AuthorizeAsync(Request($"bearer {_authority.Token(token => token.SigningCredentials = signing)}")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic YzE6cGFzc3dvcmQ=")]
    [InlineData("Bearer ")]
    [InlineData("Bearer")]
    public async Task A_request_without_a_token_gets_a_challenge_without_an_error_code(string? header)
    {
        var refusal = await RefusalAsync(Request(header));

        Assert.Equal((401, "token-missing", "Bearer"), (refusal.Status, refusal.Code, refusal.Challenge));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.e30.")]
    [InlineData("....")]
    [InlineData("€.€.€")]
    public async Task A_malformed_token_is_rejected(string token)
    {
        var refusal = await RefusalAsync(Request($"Bearer {token}"));

        Assert.Equal((401, "token-invalid"), (refusal.Status, refusal.Code));
        Assert.StartsWith("Bearer error=\"invalid_token\", error_description=\"", refusal.Challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_above_8_KB_is_rejected_before_keys_are_read()
    {
        var token = _authority.Token(token => token.Claims["groups"] = new string('x', 8 * 1024));

        var refusal = await RefusalAsync(Request($"Bearer {token}"));

        Assert.Equal((401, "token-invalid"), (refusal.Status, refusal.Code));
        Assert.Equal(0, _authority.Discoveries);
    }

    [Fact]
    public async Task An_expired_token_gets_401_with_code_token_expired()
    {
        var refusal = await RefusalAsync(Request($"Bearer {_authority.Token(token => token.Expires = DateTime.UtcNow.AddSeconds(-90))}"));

        Assert.Equal((401, "token-expired"), (refusal.Status, refusal.Code));
        Assert.Contains("error=\"invalid_token\"", refusal.Challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_difference_of_30_seconds_is_tolerated()
    {
        Assert.Null(await AuthorizeAsync(Request($"Bearer {_authority.Token(token => token.Expires = DateTime.UtcNow.AddSeconds(-30))}")));
    }

    public static TheoryData<string, Action<SecurityTokenDescriptor>> Forgeries => new()
    {
        { "another audience", token => token.Audience = "somebody-else" },
        { "the audience with a trailing slash", token => token.Audience = "serverlessscale/" },
        { "the audience in upper case", token => token.Audience = "SERVERLESSSCALE" },
        { "an unknown critical extension", token => token.AdditionalHeaderClaims = new Dictionary<string, object>
        {
            ["crit"] = CriticalHeaders,
            ["http://example.com/UNDEFINED"] = true,
        } },
        { "an empty list of critical extensions", token => token.AdditionalHeaderClaims = new Dictionary<string, object>
        {
            ["crit"] = Array.Empty<string>(),
        } },
        { "no audience", token => token.Audience = null },
        { "another issuer", token => token.Issuer = "https://evil.example" },
        { "the development issuer", token => token.Issuer = "urn:serverlessscale:development" },
        { "no exp", token => token.Expires = null },
        { "not yet valid", token => token.NotBefore = DateTime.UtcNow.AddMinutes(5) },
        { "no signature", token => token.SigningCredentials = null },
        { "an unknown key", token => token.SigningCredentials = new(new RsaSecurityKey(UnknownKey), SecurityAlgorithms.RsaSha256) },
        { "an unknown key with the id of the authority's key", token => token.SigningCredentials =
            new(new RsaSecurityKey(UnknownKey) { KeyId = token.SigningCredentials.Key.KeyId }, SecurityAlgorithms.RsaSha256) },
        { "the public key as HMAC secret", token => token.SigningCredentials = new(
            new SymmetricSecurityKey(((RsaSecurityKey)token.SigningCredentials.Key).Rsa.ExportSubjectPublicKeyInfo())
            {
                KeyId = token.SigningCredentials.Key.KeyId,
            },
            SecurityAlgorithms.HmacSha256) },
        { "no sub", token => token.Claims.Remove("sub") },
        { "an empty sub", token => token.Claims["sub"] = "" },
        { "a sub of 129 characters", token => token.Claims["sub"] = new string('x', 129) },
        { "a sub with a control character", token => token.Claims["sub"] = "c1\n" },
    };

    [Theory]
    [MemberData(nameof(Forgeries), DisableDiscoveryEnumeration = true)]
    public async Task A_forged_or_incomplete_token_is_rejected(string forgery, Action<SecurityTokenDescriptor> change)
    {
        var http = Request($"Bearer {_authority.Token(change)}");

        var refusal = await RefusalAsync(http);

        Assert.True(refusal is { Status: 401, Code: "token-invalid" }, $"{forgery}: {refusal}");
        Assert.False(http.User.Identity?.IsAuthenticated ?? false);
    }

    [Fact]
    public async Task A_token_subject_of_128_characters_is_accepted()
    {
        Assert.Null(await AuthorizeAsync(Request($"Bearer {_authority.Token(token => token.Claims["sub"] = new string('x', 128))}")));
    }

    public static TheoryData<string, object> Grants => new()
    {
        { "scope", "images.write" },
        { "scope", "cart  images.write" },
        { "scope", "cart images.write".Split(' ') },
        { "scp", "images.write" },
        { "roles", "images.write cart".Split(' ') },
    };

    [Theory]
    [MemberData(nameof(Grants), DisableDiscoveryEnumeration = true)]
    public async Task Scopes_are_read_from_the_scope_scp_and_roles_claims(string claim, object value)
    {
        Assert.Null(await AuthorizeAsync(Request($"Bearer {TokenWith(claim, value)}")));
    }

    [Theory]
    [InlineData("scope", "images.writer")]
    [InlineData("scope", "IMAGES.WRITE")]
    [InlineData("scope", "")]
    [InlineData("roles", "cart images.write")]
    [InlineData("permissions", "images.write")]
    public async Task A_token_without_the_required_scope_gets_403(string claim, string value)
    {
        var refusal = await RefusalAsync(Request($"Bearer {TokenWith(claim, value)}"));

        Assert.Equal((403, "scope-missing"), (refusal.Status, refusal.Code));
        Assert.Equal(
            "Bearer error=\"insufficient_scope\", error_description=\"The token lacks the scope.\", scope=\"images.write\"",
            refusal.Challenge);
    }

    [Fact(Timeout = 30_000)]
    public async Task Only_the_new_authority_key_is_valid_after_key_rotation()
    {
        Assert.Null(await AuthorizeAsync(Request($"Bearer {_authority.Token()}")));
        var old = _authority.Token();
        _authority.RotateKey();

        // The authority's keys are read at most once a second, so the new key can be rejected for up to a second.
        while (await AuthorizeAsync(Request($"Bearer {_authority.Token()}")) is not null)
        {
            await Task.Delay(100, Cancellation);
        }

        Assert.Equal("token-invalid", (await RefusalAsync(Request($"Bearer {old}"))).Code);
    }

    [Fact]
    public async Task Tokens_with_unknown_keys_do_not_flood_the_authority()
    {
        await using var withDefaultInterval = Services(("Authority", _authority.Issuer));
        for (var i = 0; i < 20; i++)
        {
            var signing = new SigningCredentials(new RsaSecurityKey(UnknownKey) { KeyId = $"k{i}" }, SecurityAlgorithms.RsaSha256);
            var token = _authority.Token(token => token.SigningCredentials = signing);
            Assert.NotNull(await withDefaultInterval.GetRequiredService<BearerAuthentication>().AuthorizeAsync(Request($"Bearer {token}"), "images.write", Cancellation));
        }

        Assert.InRange(_authority.Discoveries, 1, 2);
    }

    [Fact]
    public async Task Requests_share_one_attempt_to_reach_an_unreachable_authority()
    {
        _authority.Down = true;
        var token = _authority.Token();

        var refusals = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefusalAsync(Request($"Bearer {token}"))));

        Assert.All(refusals, refusal => Assert.Equal((503, "authority-unavailable", "5"), (refusal.Status, refusal.Code, refusal.RetryAfter)));
        // When a read fails, the library makes a second attempt.
        Assert.InRange(_authority.Discoveries, 1, 2);
    }

    [Fact]
    public async Task Authority_keys_are_read_again_after_an_outage()
    {
        _authority.Down = true;
        Assert.Equal(503, (await RefusalAsync(Request($"Bearer {_authority.Token()}"))).Status);
        _authority.Down = false;
        Assert.Equal(503, (await RefusalAsync(Request($"Bearer {_authority.Token()}"))).Status);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await AuthorizeAsync(Request($"Bearer {_authority.Token()}")));
    }

    [Fact]
    public async Task Cached_authority_keys_remain_valid_during_an_outage()
    {
        Assert.Null(await AuthorizeAsync(Request($"Bearer {_authority.Token()}")));
        var token = _authority.Token();
        _authority.Down = true;
        _authority.RotateKey();

        Assert.Equal("token-invalid", (await RefusalAsync(Request($"Bearer {_authority.Token()}"))).Code);
        Assert.Null(await AuthorizeAsync(Request($"Bearer {token}")));
    }

    [Fact]
    public async Task The_development_key_is_valid_only_for_its_issuer()
    {
        await using var development = Services(
            ("Authority", _authority.Issuer), ("DevelopmentSigningKey", Convert.ToBase64String(DevelopmentKey)));
        var authentication = development.GetRequiredService<BearerAuthentication>();
        var signing = new SigningCredentials(new SymmetricSecurityKey(DevelopmentKey), SecurityAlgorithms.HmacSha256);
        string Sign(string issuer) => _authority.Token(token => (token.Issuer, token.SigningCredentials) = (issuer, signing));

        Assert.Null(await authentication.AuthorizeAsync(Request($"Bearer {Sign("urn:serverlessscale:development")}"), "images.write", Cancellation));
        Assert.NotNull(await authentication.AuthorizeAsync(Request($"Bearer {Sign(_authority.Issuer)}"), "images.write", Cancellation));
        Assert.Null(await authentication.AuthorizeAsync(Request($"Bearer {_authority.Token()}"), "images.write", Cancellation));
    }

    [Fact]
    public async Task A_development_token_from_LocalCloud_is_accepted()
    {
        await using var development = Services(("DevelopmentSigningKey", Convert.ToBase64String(DevelopmentKey)));
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "urn:serverlessscale:development",
            Audience = "serverlessscale",
            Claims = new Dictionary<string, object> { ["sub"] = "c7", ["scope"] = "images.write" },
            SigningCredentials = new(new SymmetricSecurityKey(DevelopmentKey), SecurityAlgorithms.HmacSha256),
        });
        var http = Request($"Bearer {token}");

        Assert.Null(await development.GetRequiredService<BearerAuthentication>().AuthorizeAsync(http, "images.write", Cancellation));
        Assert.Equal("c7", http.CustomerId());
    }

    [Fact]
    public async Task Authentication_does_not_read_the_request_body()
    {
        var http = Request(null);
        http.Request.Body = new UnreadableStream();

        Assert.Equal(401, (await RefusalAsync(http)).Status);
    }

    private string TokenWith(string claim, object value) =>
        _authority.Token(token => token.Claims = new Dictionary<string, object> { ["sub"] = "c1", [claim] = value });

    private Task<IResult?> AuthorizeAsync(HttpContext http) =>
        _services.GetRequiredService<BearerAuthentication>().AuthorizeAsync(http, "images.write", Cancellation);

    private async Task<Refusal> RefusalAsync(HttpContext http)
    {
        var result = await AuthorizeAsync(http);
        Assert.NotNull(result);
        using var body = new MemoryStream();
        http.Response.Body = body;
        await result.ExecuteAsync(http);
        using var document = JsonDocument.Parse(body.ToArray());
        var type = document.RootElement.GetProperty("type").GetString()!;
        return new(
            http.Response.StatusCode, type[(type.LastIndexOf('/') + 1)..],
            http.Response.Headers.WWWAuthenticate.ToString(), http.Response.Headers.RetryAfter.ToString());
    }

    private static DefaultHttpContext Request(string? authorization)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Authorization = authorization;
        return http;
    }

    private ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Authentication:{setting.Key}", (string?)setting.Value)))
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<IHostEnvironment>(new TestEnvironment(Environments.Development))
            .AddSingleton<TimeProvider>(_time)
            .AddLogging()
            .AddBearerAuthentication()
            .BuildServiceProvider();
    }

    private sealed record Refusal(int Status, string Code, string Challenge, string RetryAfter);

    private sealed class UnreadableStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("The body was read.");

        public override int Read(Span<byte> buffer) => throw new InvalidOperationException("The body was read.");
    }
}
