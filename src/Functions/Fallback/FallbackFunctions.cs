using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Fallback;

/// <summary>
/// Responds to every request that no other function handles. Without this function, the Functions host would respond with 404 and no body,
/// even to a known path with a wrong method.
/// </summary>
public sealed class FallbackFunctions(RouteTable routes)
{
    /// <summary>
    /// The function's name. The host compares a request with one function after another in the order of their names, so this name must come
    /// last. Otherwise, this function would receive requests meant for the functions after it.
    /// </summary>
    public const string Name = "ZFallback";

    /// <summary>
    /// Responds with 404 to an unknown path and with 405 to a known path with a wrong method. <c>OPTIONS</c> on a known path gets the
    /// allowed methods. The trigger lists no methods, so it matches every method.
    /// </summary>
    [Function(Name)]
    public async Task<IResult> RespondAsync([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*rest}")] HttpRequest request)
    {
        var allowed = await routes.MethodsOfAsync(request.HttpContext);
        if (allowed.Count == 0)
        {
            return FallbackProblems.RouteNotFound(request.Path).ToResult();
        }

        var allow = string.Join(", ", allowed.Append(HttpMethods.Options));
        request.HttpContext.Response.Headers[HeaderNames.Allow] = allow;
        return HttpMethods.IsOptions(request.Method)
            ? TypedResults.NoContent()
            : FallbackProblems.MethodNotAllowed(request.Method, allow).ToResult();
    }
}

/// <summary>The problems for requests that no function handles. Their codes and statuses are part of the HTTP contract.</summary>
internal static class FallbackProblems
{
    public static Problem RouteNotFound(PathString path) => new(
        StatusCodes.Status404NotFound, "route-not-found", "There is no such path", $"No operation has the path {Quote(path.Value ?? "")}.");

    /// <param name="method">The request's method.</param>
    /// <param name="allow">The value of the response header <c>Allow</c>.</param>
    public static Problem MethodNotAllowed(string method, string allow) => new(
        StatusCodes.Status405MethodNotAllowed,
        "method-not-allowed",
        "The path does not support this method",
        $"The path does not support {Quote(method)}. It supports {allow}.");

    /// <summary>
    /// Quotes text from the client in a problem. Truncates the text to 100 characters, so that a long text does not fill the response.
    /// </summary>
    private static string Quote(string text) => text.Length <= 100 ? $"'{text}'" : $"'{text[..100]}...'";
}
