using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Tests;

/// <summary>Assertions on problem documents (RFC 9457). Every test project compiles this file.</summary>
internal static class ProblemAssertions
{
    /// <summary>
    /// Asserts that the response is a problem document with the given status and code, and that caches must not store it.
    /// </summary>
    /// <param name="pointer">The expected <c>pointer</c> member. If null, any value is accepted, and the member may be missing.</param>
    /// <returns>The problem document.</returns>
    public static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage response, int status, string code, string? pointer = null)
    {
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(
            (status, $"https://serverlessscale.dev/problems/{code}"), ((int)response.StatusCode, problem.GetProperty("type").GetString()));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        if (pointer is not null)
        {
            Assert.Equal(pointer, problem.GetProperty("pointer").GetString());
        }

        return problem;
    }
}
