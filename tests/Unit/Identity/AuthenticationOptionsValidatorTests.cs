using ServerlessScale.Functions.Identity;

namespace ServerlessScale.Tests.Unit.Identity;

public sealed class AuthenticationOptionsValidatorTests
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);

    [Theory]
    [InlineData("Production", "https://login.example/tenant", null)]
    [InlineData("Development", "http://localhost:5001", null)]
    [InlineData("Development", null, "key")]
    [InlineData("Development", "https://login.example", "key")]
    public void An_authority_or_a_development_key_is_sufficient(string environment, string? authority, string? key)
    {
        Assert.Null(Failures(environment, new() { Authority = authority, DevelopmentSigningKey = key is null ? null : Key }));
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    [InlineData("development.backup")]
    public void A_development_key_is_rejected_outside_development(string environment)
    {
        var failures = Failures(environment, new() { Authority = "https://login.example", DevelopmentSigningKey = Key });

        Assert.NotNull(failures);
        Assert.Contains("DevelopmentSigningKey", failures, StringComparison.Ordinal);
        Assert.Contains(environment, failures, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", null)]
    [InlineData("Production", "")]
    [InlineData("Production", "http://login.example")]
    [InlineData("Production", "login.example")]
    [InlineData("Production", "https://login.example?tenant=1")]
    [InlineData("Development", null)]
    [InlineData("Development", "ftp://login.example")]
    public void A_missing_or_unusable_authority_is_rejected(string environment, string? authority)
    {
        Assert.Contains("Authentication:Authority", Failures(environment, new() { Authority = authority }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    public void An_invalid_or_short_development_key_is_rejected(string key)
    {
        var failures = Failures("Development", new() { DevelopmentSigningKey = key });

        Assert.Contains("at least 32 bytes", failures, StringComparison.Ordinal);
        Assert.DoesNotContain(key, failures, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_audience_is_rejected()
    {
        Assert.Contains("Audience", Failures("Production", new() { Authority = "https://login.example", Audience = " " }), StringComparison.Ordinal);
    }

    private static string? Failures(string environment, AuthenticationOptions options) =>
        new AuthenticationOptionsValidator(new TestEnvironment(environment)).Validate(null, options).FailureMessage;
}
