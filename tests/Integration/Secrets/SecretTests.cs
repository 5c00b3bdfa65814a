namespace ServerlessScale.Tests.Integration.Secrets;

/// <summary>
/// Tests that the secrets of customers and of the operator occur nowhere except in responses to their owners. docs/operations.md lists the
/// places and the secrets.
/// </summary>
public sealed class SecretTests(SecretsCloud cloud) : IClassFixture<SecretsCloud>
{
    [Fact]
    public void Logs_of_every_level_contain_no_secret()
    {
        // The records of the edge, of the worker and of its libraries are there, so that the search does not pass because of missing records.
        Assert.All(
            (string[])["ServerlessScale.Edge", "ServerlessScale.Shared.Webhooks", "Azure.Core", "Microsoft.AspNetCore", "Function"],
            category => Assert.Contains(cloud.Log.Records, record => record.Place.Contains(category, StringComparison.Ordinal)));
        cloud.Secrets.AssertNotIn(cloud.Log.Records);
    }

    [Fact]
    public void Traces_metrics_and_exported_logs_contain_no_secret()
    {
        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], cloud.Telemetry.Select(request => request.Place).Distinct().Order(StringComparer.Ordinal));
        cloud.Secrets.AssertNotIn(cloud.Telemetry);
    }

    [Fact]
    public void Responses_contain_only_secrets_of_their_receiver()
    {
        foreach (var group in cloud.Responses.GroupBy(response => response.Receiver))
        {
            cloud.Secrets.AssertNotIn(group.Select(Text), secret => secret.Owner is null || secret.Owner != group.Key);
        }
    }

    [Fact]
    public void Problems_contain_no_secret()
    {
        var problems = cloud.Responses.Where(response => response.IsProblem).ToList();
        Assert.InRange(problems.Count, 30, int.MaxValue);
        cloud.Secrets.AssertNotIn(problems.Select(Text));
    }

    [Fact]
    public void Reading_does_not_reveal_write_only_secrets() => cloud.Secrets.AssertNotIn(
        cloud.Responses.Where(response => response.IsOfReading).Select(Text), secret => !secret.IsStored && !secret.Name.StartsWith("the cart", StringComparison.Ordinal));

    [Fact]
    public void Rows_blobs_and_messages_contain_no_secret()
    {
        Assert.Contains(cloud.Stored, file => file.Text.Contains("ep_", StringComparison.Ordinal));
        Assert.Contains(cloud.Stored, file => file.Text.Contains("deliveryId", StringComparison.Ordinal));
        cloud.Secrets.AssertNotIn(cloud.Stored, secret => !secret.IsStored);
    }

    [Theory]
    [InlineData("plain", "key is Tm90LWEta2V5LWJ1dC1hLW1hcms= here")]
    [InlineData("URL", "?key=Tm90LWEta2V5LWJ1dC1hLW1hcms%3D")]
    [InlineData("bytes in hexadecimal", "4e6f742d612d6b65792d6275742d612d6d61726b")]
    [InlineData("base64 inside of other base64", "QmFzaWMgVG05MExXRXRhMlY1TFdKMWRDMWhMVzFoY21zPQ==")]
    public void The_search_finds_each_form_of_a_secret(string form, string text)
    {
        var secrets = new MarkedSecrets();
        secrets.Add(new("planted", "Tm90LWEta2V5LWJ1dC1hLW1hcms="));

        Assert.NotEmpty(secrets.FindIn([(form, text)]));
        Assert.Empty(secrets.FindIn([(form, "The text contains no secret.")]));
        Assert.NotEmpty(secrets.FindIn([.. cloud.Log.Records, (form, text)]));
    }

    private static (string Place, string Text) Text(RecordedResponse response) => ($"the response to {response.Request}", response.Text);
}
