using Microsoft.Extensions.Configuration;
using ServerlessScale.Functions.Page;
using ServerlessScale.Functions.Storage;
using ServerlessScale.Tests.Unit.Identity;

namespace ServerlessScale.Tests.Unit.Page;

public sealed class PagePolicyTests
{
    // The first three forms are examples of learn.microsoft.com/azure/storage/common/storage-configure-connection-string.
    [Theory]
    [InlineData("AzureWebJobsStorage", "UseDevelopmentStorage=true", "http://127.0.0.1:10000")]
    [InlineData("AzureWebJobsStorage", "DefaultEndpointsProtocol=https;AccountName=storagesample;AccountKey=a2V5==", "https://storagesample.blob.core.windows.net")]
    [InlineData("AzureWebJobsStorage", "AccountName=a;AccountKey=a2V5;EndpointSuffix=core.chinacloudapi.cn", "https://a.blob.core.chinacloudapi.cn")]
    [InlineData("AzureWebJobsStorage", "AccountName=d;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:4711/d;QueueEndpoint=http://q/d", "http://127.0.0.1:4711")]
    [InlineData("Storage:blobServiceUri", "https://data.blob.core.windows.net/", "https://data.blob.core.windows.net")]
    [InlineData("Storage:accountName", "data", "https://data.blob.core.windows.net")]
    public void Scripts_may_send_uploads_to_the_blob_service(string setting, string value, string origin)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new(setting, value)]).Build();

        var policy = PagePolicy.Policy(StorageClients.BlobService(configuration), authority: null);

        Assert.Contains($"connect-src 'self' {origin};", policy, StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_may_ask_the_authority_for_tokens()
    {
        var policy = PagePolicy.Policy(new("https://data.blob.core.windows.net/"), "https://login.microsoftonline.com/tenant/v2.0");

        Assert.Contains("connect-src 'self' https://data.blob.core.windows.net https://login.microsoftonline.com;", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", "token", "", "openid", "remove the token")]
    [InlineData("Production", "", "client", "orders.read", "must contain 'openid'")]
    public void The_app_does_not_start_with_a_setting_that_breaks_or_exposes_sign_in(
        string environment, string token, string clientId, string scope, string reason)
    {
        var validator = new PageOptionsValidator(new TestEnvironment(environment));

        var result = validator.Validate(null, new() { DevelopmentToken = token, ClientId = clientId, Scope = scope });

        Assert.Contains(reason, result.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development", "token", "")]
    [InlineData("Production", null, "client")]
    [InlineData("Production", null, "")]
    public void Other_settings_are_accepted(string environment, string? token, string clientId) => Assert.True(
        new PageOptionsValidator(new TestEnvironment(environment)).Validate(null, new() { DevelopmentToken = token, ClientId = clientId }).Succeeded);
}
