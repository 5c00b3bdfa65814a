using System.Buffers.Text;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using NSec.Cryptography;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>Tests how an endpoint's own secret, key and headers are used, on a running cloud with a real receiver.</summary>
public sealed class EndpointSigningTests(WebhookCloud cloud) : IClassFixture<WebhookCloud>
{
    /// <summary>The secret of the example in Standard Webhooks 1.0.0.</summary>
    private const string OwnSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Webhooks_are_signed_with_the_customers_own_secret()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver, $"\"secret\":\"{OwnSecret}\"");

        var request = await TestedAsync(customer, endpoint, receiver);

        Assert.Equal(OwnSecret, endpoint.Secret);
        Assert.True(request.IsSignedWith(OwnSecret));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(168)]
    public async Task The_replaced_secret_is_used_for_the_requested_hours(int graceHours)
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);

        var rotated = await customer.PostAsync($"{endpoint.Path}/rotate-secret", $$"""{"graceHours":{{graceHours}}}""", 200);
        var request = await TestedAsync(customer, endpoint, receiver);

        Assert.True(request.IsSignedWith(rotated.GetProperty("secret").GetString()!));
        Assert.Equal(graceHours > 0, request.IsSignedWith(endpoint.Secret));
        Assert.Equal(graceHours > 0, rotated.TryGetProperty("previousSecretUntil", out var until));
        if (graceHours > 0)
        {
            Assert.InRange(until.GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromHours(graceHours - 1), TimeSpan.FromHours(graceHours));
        }
    }

    [Fact]
    public async Task A_signature_can_be_changed_to_v1a_and_back()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);

        var asymmetric = await customer.PatchAsync(endpoint.Id, """{"signature":"v1a"}""");
        var first = await TestedAsync(customer, endpoint, receiver);
        var symmetric = await customer.PatchAsync(endpoint.Id, """{"signature":"v1"}""");
        var second = await TestedAsync(customer, endpoint, receiver);
        var unchanged = await customer.PatchAsync(endpoint.Id, """{"signature":"v1"}""");

        Assert.False(asymmetric.TryGetProperty("secret", out _));
        Assert.All(first.Signature.Split(' '), signature => Assert.StartsWith("v1a,", signature, StringComparison.Ordinal));
        var secret = symmetric.GetProperty("secret").GetString()!;
        Assert.NotEqual(endpoint.Secret, secret);
        Assert.True(second.IsSignedWith(secret));
        Assert.False(symmetric.TryGetProperty("publicKeys", out _));
        Assert.False(unchanged.TryGetProperty("secret", out _));
    }

    [Fact]
    public async Task Only_the_own_key_of_an_endpoint_tells_endpoints_apart()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        using var other = cloud.NewCustomer();
        var mine = await customer.SubscribeAsync(receiver, "\"signature\":\"v1a\"");
        // Another customer registers the same URL.
        var theirs = await other.SubscribeAsync(receiver, "\"signature\":\"v1a\"");

        var genuine = await TestedAsync(customer, mine, receiver);
        var foreign = await TestedAsync(other, theirs, receiver);

        var own = Assert.Single(await KeysAsync($"?endpoint={mine.Id}"));
        var shared = Assert.Single(await KeysAsync(""));
        Assert.NotEqual(shared.GetProperty("kid").GetString(), own.GetProperty("kid").GetString());
        Assert.Equal((true, false), (IsSignedWith(genuine, own), IsSignedWith(foreign, own)));
        Assert.Equal((true, true), (IsSignedWith(genuine, shared), IsSignedWith(foreign, shared)));
        var shown = Assert.Single((await customer.EndpointAsync(mine.Id)).GetProperty("publicKeys").EnumerateArray()).GetString();
        Assert.Equal("whpk_" + Convert.ToBase64String(Base64Url.DecodeFromChars(own.GetProperty("x").GetString())), shown);
    }

    [Fact]
    public async Task Custom_headers_are_sent_and_masked_in_responses()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver, "\"headers\":{\"Authorization\":\"Basic dTpw\",\"X-Tenant\":\"a b\\tc\",\"x-empty\":\"\"}");

        var before = await TestedAsync(customer, endpoint, receiver);
        await customer.PostAsync($"{endpoint.Path}/rotate-secret", body: null, 200);
        var rotated = await TestedAsync(customer, endpoint, receiver);
        var shown = await customer.EndpointAsync(endpoint.Id);
        var changed = await customer.PatchAsync(endpoint.Id, """{"headers":{"X-Tenant":"d"}}""");
        var after = await TestedAsync(customer, endpoint, receiver);
        var removed = await customer.PatchAsync(endpoint.Id, """{"headers":{}}""");

        Assert.All([before, rotated], request => Assert.Equal(
            ("Basic dTpw", "a b\tc", ""), (request.Headers["authorization"], request.Headers["x-tenant"], request.Headers["x-empty"])));
        Assert.Equal(
            ["Authorization=***", "X-Tenant=***", "x-empty=***"],
            shown.GetProperty("headers").EnumerateObject().Select(header => $"{header.Name}={header.Value}"));
        Assert.DoesNotContain("dTpw", shown.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("***", Assert.Single(changed.GetProperty("headers").EnumerateObject()).Value.GetString());
        Assert.Equal("d", after.Headers["x-tenant"]);
        Assert.False(after.Headers.ContainsKey("authorization"));
        Assert.False(removed.TryGetProperty("headers", out _));
    }

    /// <summary>Sends a test event to the endpoint and returns the request.</summary>
    private static async Task<Received> TestedAsync(WebhookCustomer customer, NewEndpoint endpoint, Receiver receiver)
    {
        var sent = (await customer.PostAsync($"{endpoint.Path}/test", body: null, 202)).GetProperty("eventId").GetString();
        await Eventually.TrueAsync(() => Task.FromResult(receiver.Requests.Any(request => request.Id == sent)), "the test event has arrived");
        return receiver.Requests.First(request => request.Id == sent);
    }

    private static bool IsSignedWith(Received request, JsonElement key)
    {
        var publicKey = PublicKey.Import(SignatureAlgorithm.Ed25519, Base64Url.DecodeFromChars(key.GetProperty("x").GetString()), KeyBlobFormat.RawPublicKey);
        byte[] content = [.. Encoding.UTF8.GetBytes($"{request.Id}.{request.Timestamp}."), .. request.Body];
        return request.Signature.Split(' ').Any(
            signature => SignatureAlgorithm.Ed25519.Verify(publicKey, content, Convert.FromBase64String(signature["v1a,".Length..])));
    }

    private async Task<IReadOnlyList<JsonElement>> KeysAsync(string query)
    {
        using var anyone = cloud.Anyone();
        return [.. (await anyone.GetFromJsonAsync<JsonElement>($".well-known/webhook-keys{query}", Ct)).GetProperty("keys").EnumerateArray()];
    }
}
