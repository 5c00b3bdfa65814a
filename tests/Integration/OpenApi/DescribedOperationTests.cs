using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessScale.HttpFuzz;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.OpenApi;

/// <summary>
/// Calls every operation in the API description on the running system, once with success and with sample errors, and compares status,
/// headers and body with the description.
/// </summary>
public sealed partial class DescribedOperationTests(SampleShop shop) : IClassFixture<SampleShop>
{
    /// <summary>The described headers that some responses with the status do not have.</summary>
    private static readonly string[] OptionalHeaders = ["Idempotency-Replayed", "Link", "Retry-After", "Set-Cookie"];

    /// <summary>The ids of the operations that require a token.</summary>
    public static TheoryData<string> ProtectedOperations =>
        [.. Description.OfBuiltApp.Operations.Where(operation => operation.Responses.ContainsKey("401")).Select(operation => operation.Id)];

    /// <summary>The ids of the operations in the API description.</summary>
    public static TheoryData<string> Operations => [.. Description.OfBuiltApp.Operations.Select(operation => operation.Id)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Exactly_the_described_operations_have_sample_calls() => Assert.Equal(
        Description.OfBuiltApp.Operations.Select(operation => operation.Id).Order(StringComparer.Ordinal),
        SampleCalls.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_successful_response_is_as_described(string id)
    {
        using var request = await SampleCalls.All[id].Successful(shop);

        using var response = await SendAsync(shop.Client, id, request);

        Assert.InRange((int)response.StatusCode, 200, 299);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_problem_is_as_described(string id)
    {
        foreach (var refused in SampleCalls.All[id].Refused)
        {
            using var request = await refused.Request(shop);

            using var response = await SendAsync(shop.Client, id, request);

            Assert.InRange((int)response.StatusCode, 400, 499);
            await AssertProblemAsync(response, (int)response.StatusCode, refused.Code);
        }
    }

    [Theory]
    [MemberData(nameof(ProtectedOperations))]
    public async Task The_problem_for_a_missing_token_is_as_described(string id)
    {
        using var request = AnyRequestOf(id);

        using var response = await SendAsync(shop.Anyone, id, request);

        await AssertProblemAsync(response, 401, "token-missing");
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task The_problem_for_bypassing_the_edge_is_as_described(string id)
    {
        using var request = AnyRequestOf(id);

        using var response = await SendAsync(shop.Bypassing, id, request);

        await AssertProblemAsync(response, 403, "not-through-edge");
    }

    private static HttpRequestMessage AnyRequestOf(string id)
    {
        var operation = OperationOf(id);
        return new HttpRequestMessage(HttpMethod.Parse(operation.Verb), Parameter().Replace(operation.Path, "x"));
    }

    /// <summary>Sends a request, and compares the response with the description of the operation.</summary>
    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string id, HttpRequestMessage request)
    {
        var operation = OperationOf(id);
        Assert.Equal(operation, Description.OfBuiltApp.Find(request.Method, request.RequestUri!.OriginalString.Split('?')[0]));
        var response = await client.SendAsync(request, Ct);
        var body = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true
            ? JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync(Ct))
            : (JsonElement?)null;

        Assert.Empty(operation.DifferencesFrom(response, body));
        var described = operation.Responses[$"{(int)response.StatusCode}"]!["headers"]!.AsObject().Select(header => header.Key);
        // Of the problems with status 403, only a missing scope has a challenge.
        var optional = response.StatusCode == HttpStatusCode.Forbidden ? [.. OptionalHeaders, "WWW-Authenticate"] : OptionalHeaders;
        Assert.Empty(described.Except(optional).Where(name => !Has(response, name)).Select(name => $"the header {name} is missing"));
        return response;
    }

    private static DescribedOperation OperationOf(string id) => Description.OfBuiltApp.Operations.Single(operation => operation.Id == id);

    private static bool Has(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.Contains(name) || response.Content.Headers.NonValidated.Contains(name);

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
