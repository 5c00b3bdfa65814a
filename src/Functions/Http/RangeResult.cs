using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Writes a file with support for ranges and preconditions (RFC 9110 sections 13 and 14). If the range cannot be satisfied or a
/// precondition fails, the response is a problem document. The framework's own response would have no body.
/// </summary>
internal sealed class RangeResult(FileStreamHttpResult file) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await file.ExecuteAsync(httpContext);
        var problem = httpContext.Response.StatusCode switch
        {
            StatusCodes.Status416RangeNotSatisfiable => new Problem(
                StatusCodes.Status416RangeNotSatisfiable, "range-not-satisfiable", "The range cannot be satisfied",
                $"The range is outside the file: {httpContext.Response.Headers.ContentRange}.")
            { Pointer = "Range" },
            StatusCodes.Status412PreconditionFailed => new Problem(
                StatusCodes.Status412PreconditionFailed, "precondition-failed", "The precondition failed",
                $"The condition in If-Match or If-Unmodified-Since is false. The current ETag is {file.EntityTag}."),
            _ => null,
        };
        if (problem is not null)
        {
            await problem.ToResult().ExecuteAsync(httpContext);
        }
    }
}
