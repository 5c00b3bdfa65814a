using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using ServerlessScale.SmokeTest.Checks;
using ServerlessScale.SmokeTest.Results;
using ServerlessScale.Tests.Unit.Http;

namespace ServerlessScale.Tests.Unit.SmokeTest;

/// <summary>Runs the smoke test against servers that respond in ways that no shop should.</summary>
public sealed class SmokeTestRunTests
{
    private const string Token = "aaaa.bbbb.cccc";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, "text/plain", "Oops")]
    [InlineData(200, "text/html", "<html></html>")]
    [InlineData(200, "application/json", "[1, {}]")]
    [InlineData(200, "application/json", """{"status":1,"checks":{"name":[]},"id":null,"invocations":"many"}""")]
    [InlineData(403, "application/problem+json", "[]")]
    [InlineData(403, "application/problem+json", """{"type":{"a":1},"title":[],"pointer":3}""")]
    public async Task An_unexpected_response_fails_the_checks_and_ends_no_run(int status, string type, string body)
    {
        await using var server = await LocalHttpServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = type;
            return http.Response.WriteAsync(body);
        });

        var results = await RunAsync(server);

        Assert.Equal(12, results.Count);
        Assert.Equal(CheckStatus.Failed, Row(results, "live").Status);
        Assert.Equal(CheckStatus.Failed, Row(results, "upload").Status);
        Assert.Equal("The product was not created.", Row(results, "order").Detail);
        Assert.Equal("nothing was created", Row(results, "clean-up").Detail);
    }

    [Fact]
    public async Task A_problem_of_the_shop_is_shown_with_its_title_detail_and_pointer()
    {
        await using var server = await LocalHttpServer.StartAsync(http =>
        {
            http.Response.StatusCode = 422;
            http.Response.ContentType = "application/problem+json";
            return http.Response.WriteAsync(
                """{"type":"https://serverlessscale.dev/problems/product-limit","title":"Too high","detail":"At most 5.","pointer":"/price"}""");
        });

        var product = Row(await RunAsync(server), "product");

        Assert.Equal("Too high", product.Detail);
        Assert.EndsWith("responded with 422 instead of 201. At most 5. (product-limit)", product.Problem!.Detail, StringComparison.Ordinal);
        Assert.Equal("/price", product.Problem.Pointer);
    }

    [Fact]
    public async Task The_token_is_sent_to_the_shop_and_not_to_storage()
    {
        var tokens = new ConcurrentDictionary<string, string>();
        await using var storage = await LocalHttpServer.StartAsync(http => Record(http, tokens, 404, ""));
        await using var shop = await LocalHttpServer.StartAsync(http => Record(
            http, tokens, 201, $$$"""{"id":"1","uploadUrl":"{{{storage.Address}}}uploads/1?sig=secret","headers":{"x-ms-blob-type":"BlockBlob"}}"""));

        var upload = Row(await RunAsync(shop), "upload");

        Assert.Equal($"Bearer {Token}", tokens["POST /api/uploads"]);
        Assert.Equal("", tokens["PUT /uploads/1"]);
        Assert.EndsWith("/uploads/1 responded with 404 instead of 201.", upload.Problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_run_still_deletes_what_it_has_created()
    {
        using var interruption = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var requests = new ConcurrentQueue<string>();
        await using var shop = await LocalHttpServer.StartAsync(async http =>
        {
            requests.Enqueue($"{http.Request.Method} {http.Request.Path}");
            if (http.Request.Path == "/storage")
            {
                await interruption.CancelAsync();
            }

            http.Response.StatusCode = http.Request.Method == "DELETE" ? 204 : 201;
            await http.Response.WriteAsync($$$"""{"id":"1","uploadUrl":"http://{{{http.Request.Host}}}/storage","headers":{}}""");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(shop, interruption.Token));

        Assert.Equal("DELETE /api/images/1", requests.Last());
    }

    [Fact]
    public async Task A_shop_that_does_not_respond_fails_the_checks()
    {
        Uri address;
        await using (var server = await LocalHttpServer.StartAsync(_ => Task.CompletedTask))
        {
            address = server.Address;
        }

        var results = await SmokeTestRun.RunAsync(new() { Url = address, Token = Token }, _ => { }, TimeProvider.System, Ct);

        Assert.Equal("There is no response", Row(results, "live").Detail);
        Assert.Equal("The shop did not respond.", Row(results, "cold start").Detail);
    }

    private static Task Record(HttpContext http, ConcurrentDictionary<string, string> tokens, int status, string body)
    {
        tokens[$"{http.Request.Method} {http.Request.Path}"] = http.Request.Headers.Authorization.ToString();
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(body);
    }

    private static Task<IReadOnlyList<CheckResult>> RunAsync(LocalHttpServer server, CancellationToken? cancellationToken = null) =>
        SmokeTestRun.RunAsync(new() { Url = server.Address, Token = Token }, _ => { }, TimeProvider.System, cancellationToken ?? Ct);

    private static CheckResult Row(IReadOnlyList<CheckResult> results, string name) => results.Single(result => result.Name == name);
}
