using Microsoft.AspNetCore.Http;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Identity;

/// <summary>A problem with the challenge that RFC 6750 section 3 asks for.</summary>
internal sealed class BearerRefusal(string challenge, Problem problem) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.WWWAuthenticate = challenge;
        return problem.ToResult().ExecuteAsync(httpContext);
    }
}
