using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Sends the path to the origin with the percent-encoding that the client used. The server decodes every character of the path except
/// the slash, so that <c>%2f</c> and <c>%252f</c> cannot be told apart afterwards. YARP would send both as <c>%252f</c>. The path is encoded
/// anew if a rule has rewritten the path, or if the server has removed dot segments from it.
/// </summary>
internal sealed class PathAsSent : RequestTransform
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var target = context.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var sent = target.Split('?')[0];
        var path = IsEncodingOf(sent, context.Path) ? sent : context.Path.ToUriComponent();
        context.ProxyRequest.RequestUri = new(
            $"{context.DestinationPrefix.TrimEnd('/')}{path}{context.Query.QueryString.ToUriComponent()}", Verbatim);
        return ValueTask.CompletedTask;
    }

    private static bool IsEncodingOf(string sent, PathString path) =>
        sent.StartsWith('/') && !sent.Contains('#', StringComparison.Ordinal)
        && string.Equals(PathString.FromUriComponent(sent).Value, path.Value, StringComparison.Ordinal);
}
