using Microsoft.Extensions.Configuration;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Tests.Unit.Local;

namespace ServerlessScale.Tests.Unit.Identity;

public sealed class FirstStartKeyTests : IDisposable
{
    private const string Setting = "Authentication:DevelopmentSigningKey";
    private readonly TemporaryFolder _app = new();
    private readonly ConfigurationManager _configuration = new();

    public FirstStartKeyTests() =>
        _app.Write("local.settings.json", """{ "Values": { "Authentication__DevelopmentSigningKey": "key of the build" } }""");

    public void Dispose()
    {
        _configuration.Dispose();
        _app.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_missing_signing_key_is_read_from_local_settings(string? given)
    {
        // An empty value is what Core Tools pass on from the sample file.
        _configuration[Setting] = given;

        FirstStartKey.Add(_configuration, new TestEnvironment("Development"), _app.Path);

        Assert.Equal("key of the build", _configuration[Setting]);
    }

    [Fact]
    public void A_configured_signing_key_is_not_replaced()
    {
        _configuration[Setting] = "given";

        FirstStartKey.Add(_configuration, new TestEnvironment("Development"), _app.Path);

        Assert.Equal("given", _configuration[Setting]);
    }

    [Fact]
    public void A_signing_key_is_not_read_when_an_authority_is_configured()
    {
        _configuration["Authentication:Authority"] = "https://login.example";

        FirstStartKey.Add(_configuration, new TestEnvironment("Development"), _app.Path);

        Assert.Null(_configuration[Setting]);
    }

    [Fact]
    public void A_signing_key_is_not_read_outside_development()
    {
        FirstStartKey.Add(_configuration, new TestEnvironment("Production"), _app.Path);

        Assert.Null(_configuration[Setting]);
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("""{ "Values": {} }""")]
    [InlineData("""{ "Values": { "Authentication__DevelopmentSigningKey": 1 } }""")]
    public void Unusable_local_settings_do_not_provide_a_signing_key(string content)
    {
        _app.Write("local.settings.json", content);

        FirstStartKey.Add(_configuration, new TestEnvironment("Development"), _app.Path);

        Assert.Null(_configuration[Setting]);
    }
}
