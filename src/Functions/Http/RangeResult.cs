using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// A file with ranges and preconditions (RFC 9110 sections 13 and 14), where those that fail are answered with a problem document:
/// the framework's own answer to them has no body.
/// </summary>
internal sealed class RangeResult(FileStreamHttpResult file) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await file.ExecuteAsync(httpContext);
        var problem = httpContext.Response.StatusCode switch
        {
            StatusCodes.Status416RangeNotSatisfiable => new Problem(
                StatusCodes.Status416RangeNotSatisfiable, "range-not-satisfiable", "No such range",
                $"The range lies outside of the file: {httpContext.Response.Headers.ContentRange}.")
            { Pointer = "Range" },
            StatusCodes.Status412PreconditionFailed => new Problem(
                StatusCodes.Status412PreconditionFailed, "precondition-failed", "The file is not the one that was asked for",
                $"If-Match or If-Unmodified-Since does not hold; the current ETag is {file.EntityTag}."),
            _ => null,
        };
        if (problem is not null)
        {
            await problem.ToResult().ExecuteAsync(httpContext);
        }
    }
}
