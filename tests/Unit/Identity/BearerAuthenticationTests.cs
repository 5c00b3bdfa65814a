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
    private static readonly RSA Stranger = RSA.Create(2048);
    private static readonly byte[] DevelopmentKey = RandomNumberGenerator.GetBytes(32);

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
    public async Task A_bearer_of_the_scope_is_let_in_as_the_tokens_subject()
    {
        var http = Request($"Bearer {_authority.Token()}");

        Assert.Null(await AuthorizeAsync(http));
        Assert.Equal("c1", http.CustomerId());
    }

    [Theory]
    [InlineData(SecurityAlgorithms.RsaSha512)]
    [InlineData(SecurityAlgorithms.RsaSsaPssSha256)]
    public async Task Other_RSA_signatures_are_accepted(string algorithm)
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
    public async Task Without_a_bearer_token_the_challenge_is_bare(string? header)
    {
        var answer = await RefusalAsync(Request(header));

        Assert.Equal((401, "token-missing", "Bearer"), (answer.Status, answer.Code, answer.Challenge));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.e30.")]
    [InlineData("....")]
    [InlineData("€.€.€")]
    public async Task What_is_no_token_is_refused(string token)
    {
        var answer = await RefusalAsync(Request($"Bearer {token}"));

        Assert.Equal((401, "token-invalid"), (answer.Status, answer.Code));
        Assert.StartsWith("Bearer error=\"invalid_token\", error_description=\"", answer.Challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_longer_than_8_KB_is_refused_before_it_is_read()
    {
        var token = _authority.Token(token => token.Claims["groups"] = new string('x', 8 * 1024));

        var answer = await RefusalAsync(Request($"Bearer {token}"));

        Assert.Equal((401, "token-invalid"), (answer.Status, answer.Code));
        Assert.Equal(0, _authority.Discoveries);
    }

    [Fact]
    public async Task An_expired_token_says_so()
    {
        var answer = await RefusalAsync(Request($"Bearer {_authority.Token(token => token.Expires = DateTime.UtcNow.AddSeconds(-90))}"));

        Assert.Equal((401, "token-expired"), (answer.Status, answer.Code));
        Assert.Contains("error=\"invalid_token\"", answer.Challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clocks_may_differ_by_a_minute()
    {
        Assert.Null(await AuthorizeAsync(Request($"Bearer {_authority.Token(token => token.Expires = DateTime.UtcNow.AddSeconds(-30))}")));
    }

    public static TheoryData<string, Action<SecurityTokenDescriptor>> Forgeries => new()
    {
        { "another audience", token => token.Audience = "somebody-else" },
        { "no audience", token => token.Audience = null },
        { "another issuer", token => token.Issuer = "https://evil.example" },
        { "the development issuer", token => token.Issuer = "urn:serverlessscale:development" },
        { "no exp", token => token.Expires = null },
        { "not yet valid", token => token.NotBefore = DateTime.UtcNow.AddMinutes(5) },
        { "no signature", token => token.SigningCredentials = null },
        { "a stranger's key", token => token.SigningCredentials = new(new RsaSecurityKey(Stranger), SecurityAlgorithms.RsaSha256) },
        { "a stranger's key under the authority's name", token => token.SigningCredentials =
            new(new RsaSecurityKey(Stranger) { KeyId = token.SigningCredentials.Key.KeyId }, SecurityAlgorithms.RsaSha256) },
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
    public async Task A_token_with_a_fault_is_refused(string fault, Action<SecurityTokenDescriptor> change)
    {
        var http = Request($"Bearer {_authority.Token(change)}");

        var answer = await RefusalAsync(http);

        Assert.True(answer is { Status: 401, Code: "token-invalid" }, $"{fault}: {answer}");
        Assert.False(http.User.Identity?.IsAuthenticated ?? false);
    }

    [Fact]
    public async Task A_subject_of_128_characters_is_accepted()
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
    public async Task A_scope_may_come_as_scope_scp_or_role(string claim, object value)
    {
        Assert.Null(await AuthorizeAsync(Request($"Bearer {TokenWith(claim, value)}")));
    }

    [Theory]
    [InlineData("scope", "images.writer")]
    [InlineData("scope", "IMAGES.WRITE")]
    [InlineData("scope", "")]
    [InlineData("roles", "cart images.write")]
    [InlineData("permissions", "images.write")]
    public async Task A_token_without_the_scope_is_forbidden(string claim, string value)
    {
        var answer = await RefusalAsync(Request($"Bearer {TokenWith(claim, value)}"));

        Assert.Equal((403, "scope-missing"), (answer.Status, answer.Code));
        Assert.Equal(
            "Bearer error=\"insufficient_scope\", error_description=\"The token lacks the scope.\", scope=\"images.write\"",
            answer.Challenge);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_key_published_after_the_keys_were_read_is_found()
    {
        Assert.Null(await AuthorizeAsync(Request($"Bearer {_authority.Token()}")));
        var old = _authority.Token();
        _authority.RotateKey();

        // The keys are read again, but not within a second of the last time.
        while (await AuthorizeAsync(Request($"Bearer {_authority.Token()}")) is not null)
        {
            await Task.Delay(100, Cancellation);
        }

        Assert.Equal("token-invalid", (await RefusalAsync(Request($"Bearer {old}"))).Code);
    }

    [Fact]
    public async Task Unknown_keys_do_not_make_the_authority_be_asked_each_time()
    {
        await using var patient = Services(("Authority", _authority.Issuer));
        for (var i = 0; i < 20; i++)
        {
            var stranger = new SigningCredentials(new RsaSecurityKey(Stranger) { KeyId = $"k{i}" }, SecurityAlgorithms.RsaSha256);
            var token = _authority.Token(token => token.SigningCredentials = stranger);
            Assert.NotNull(await patient.GetRequiredService<BearerAuthentication>().AuthorizeAsync(Request($"Bearer {token}"), "images.write", Cancellation));
        }

        Assert.InRange(_authority.Discoveries, 1, 2);
    }

    [Fact]
    public async Task An_authority_that_is_down_lets_nobody_in_and_is_not_besieged()
    {
        _authority.Down = true;
        var token = _authority.Token();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefusalAsync(Request($"Bearer {token}"))));

        Assert.All(answers, answer => Assert.Equal((503, "authority-unavailable", "5"), (answer.Status, answer.Code, answer.RetryAfter)));
        // The library itself tries a failed read twice.
        Assert.InRange(_authority.Discoveries, 1, 2);
    }

    [Fact]
    public async Task An_authority_that_comes_back_is_asked_again()
    {
        _authority.Down = true;
        Assert.Equal(503, (await RefusalAsync(Request($"Bearer {_authority.Token()}"))).Status);
        _authority.Down = false;
        Assert.Equal(503, (await RefusalAsync(Request($"Bearer {_authority.Token()}"))).Status);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await AuthorizeAsync(Request($"Bearer {_authority.Token()}")));
    }

    [Fact]
    public async Task Known_keys_outlive_an_outage_of_the_authority()
    {
        Assert.Null(await AuthorizeAsync(Request($"Bearer {_authority.Token()}")));
        var token = _authority.Token();
        _authority.Down = true;
        _authority.RotateKey();

        Assert.Equal("token-invalid", (await RefusalAsync(Request($"Bearer {_authority.Token()}"))).Code);
        Assert.Null(await AuthorizeAsync(Request($"Bearer {token}")));
    }

    [Fact]
    public async Task The_development_key_signs_development_tokens_only()
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
    public async Task LocalClouds_development_tokens_are_accepted()
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
    public async Task The_body_is_not_read()
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
